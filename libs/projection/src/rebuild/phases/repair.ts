import { jetstreamManager } from '@nats-io/jetstream';
import { isFaultOfTheData } from '#service-runtime/postgres/postgres-errors.js';
import type { Difference } from '../../job.js';
import type { Leadership } from '../../run/leadership.js';
import { STATEMENT_TIMEOUT_MS, WHOLE_TABLE_TIMEOUT_MS } from '../../run/patience.js';
import { changeJob } from '../../store/jobs.js';
import { ensureNotStopped } from '../../store/job-requests.js';
import { fenced } from '../../store/transaction.js';
import { setStatementTimeout } from '../../store/writer-client.js';
import { streamNow } from '../../stream/stream.js';
import { damageOf, differencesToRepair, type Compared, type Damage } from '../../store/proof/damage.js';
import { wrongDerivedRows } from '../../store/proof/derived-rows.js';
import { JobFailed } from '../../job-ended.js';
import type { LeadersWork } from '../leaders-work.js';
import { countUntold, portionsOf, repairRows } from '../../store/proof/repair-rows.js';
import { unlessStopped } from '../unless-stopped.js';
import { findingsInWords, notSoMany, repairInWords } from '../verification-words.js';
import { enter } from '../work.js';
import { MAX_REPAIRS } from './prove.js';

/** After a repair everything is compared again, and newly found differences are repaired, too. */
const MAX_ROUNDS = 3;

/** The end of a verification: the report, or the repair and its proof. @throws {JobFailed} if the repair is not possible */
export async function reportOrRepair(work: LeadersWork): Promise<string> {
  const { differences, order, parts, source } = work;
  if (!differences)
    throw new JobFailed('the stream is not the one the read model was made from: nothing can be compared');
  const { stream, repair, removeUntold } = order;
  const found = differences.length;
  const at = `at position ${work.build!.position.sequence}`;
  if (found === 0) return `no differences ${at}`;
  const gone = stream === null ? await messagesGone(work) : 0;
  const because = `the stream ${source.stream} no longer holds ${gone} of its messages, and rows that they made look like differences`;
  if (!repair) return `${findingsInWords(differences, at)}${gone > 0 ? `; ${because}` : ''}`;
  // If events are gone from the stream, a difference does not prove that a row is wrong.
  if (gone > 0)
    throw new JobFailed(
      `${found} differences ${at} are not repaired: ${because}; name an archive that holds them (--stream), or take the stream as it is by a rebuild with --accept-differences`,
    );
  if (found > MAX_REPAIRS) throw new JobFailed(`more than ${MAX_REPAIRS} differences: rebuild instead of repairing`);
  const untold = differences.filter(({ isUntold }) => isUntold).length;
  ensureNumber(untold, removeUntold ?? untold);
  return repairUntilProven(work, differences, comparedBy(work, parts.generation));
}

async function repairUntilProven(
  work: LeadersWork,
  differences: readonly Difference[],
  compared: Compared,
): Promise<string> {
  const { progress, order, parts } = work;
  let wrong = differences;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    await enter(work, 'repairing');
    const removed = round === 1 ? (order.removeUntold ?? null) : null;
    await repairAll(work, compared, damageOf(parts.projection, wrong), removed);
    const left = await leftAfterRepair(work, compared);
    await progress.pauseOrEnd();
    if (left.isRight) {
      progress.found.untold = left.differences.filter(({ isUntold }) => isUntold).length;
      return repairInWords(differences.length, left.differences, order.stream, parts.projection.words.tool);
    }
    wrong = left.differences;
  }
  throw new JobFailed(`rows are still wrong after ${MAX_ROUNDS} repairs: does something else write to the tables?`);
}

/** @param removeUntold null: rows that no event mentions stay */
async function repairAll(
  work: LeadersWork,
  compared: Compared,
  damage: Damage,
  removeUntold: number | null,
): Promise<void> {
  const { progress, parts, order } = work;
  const job = { generation: parts.generation, startedAt: order.startedAt };
  for (const [index, portion] of portionsOf(compared.projection, damage).entries()) {
    const repair = (leading: Leadership) =>
      inLongTransaction(leading, async () => {
        const { client } = leading;
        if (index === 0 && removeUntold !== null)
          ensureNumber(await countUntold(client, compared, damage), removeUntold);
        await repairRows(client, compared, portion, removeUntold !== null);
        // The next leader removes the rest, if this one does not come to it.
        if (removeUntold !== null)
          await changeJob(client, job, { removeUntold: await countUntold(client, compared, damage) });
        await ensureNotStopped(client, job.generation);
      });
    while (!(await work.withLivePaused((leading) => unlessStopped(progress, () => repair(leading)))))
      await progress.pauseOrEnd();
    await progress.pauseOrEnd();
  }
}

/** @throws {JobFailed} unless there are exactly as many rows that no event mentions as the operator expects */
function ensureNumber(found: number, expected: number): void {
  if (found !== expected) throw new JobFailed(notSoMany(found, expected));
}

/** Compares everything again. Only rows that no event mentions, and rows that depend on those, may be left. */
function leftAfterRepair(
  work: LeadersWork,
  compared: Compared,
): Promise<{ differences: Difference[]; isRight: boolean }> {
  return work.inSnapshot(async (snapshot) => {
    const differences: Difference[] = [];
    await work.compare(snapshot, (difference) => {
      if (differences.length <= MAX_REPAIRS) differences.push(difference);
    });
    const wrong = await differencesToRepair(snapshot, compared, differences);
    const wrongDerived = await wrongDerivedRows(snapshot, compared.projection, compared.live);
    return { differences, isRight: wrong.length === 0 && wrongDerived === 0 };
  });
}

/**
 * Making the derived rows of a large table again takes longer than a batch may. With the timeout of a batch, the repair would end and begin
 * again for ever.
 */
async function inLongTransaction({ client, lease }: Leadership, work: () => Promise<void>): Promise<void> {
  await setStatementTimeout(client, WHOLE_TABLE_TIMEOUT_MS);
  try {
    await fenced(client, lease, work);
  } catch (error) {
    if (!isFaultOfTheData(error)) throw error;
    throw new JobFailed(
      `PostgreSQL refuses what is to be put right, which was left as it was: ${(error as Error).message}`,
    );
  } finally {
    await setStatementTimeout(client, STATEMENT_TIMEOUT_MS).catch(() => undefined);
  }
}

function comparedBy({ parts, live }: LeadersWork, folded: number): Compared {
  return { projection: parts.projection, live: live.position.generation, folded };
}

/** How many of the messages that the stream ever had are no longer in it. */
async function messagesGone({ parts, source }: LeadersWork): Promise<number> {
  const { state } = await streamNow(await jetstreamManager(parts.connection), source.stream);
  return state.last_seq - state.messages;
}
