import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Client } from 'pg';
import { generationTables } from '#read-model/generation-tables.js';
import type { Difference, JobPhase, StoredJob } from '#read-model/job.js';
import { isFaultOfTheData } from '#read-model/postgres-errors.js';
import type { Position } from '../consume/position.js';
import { streamNow } from '../consume/stream.js';
import type { Leading } from '../lead/leading.js';
import { fenced } from '../lead/fenced.js';
import { STATEMENT_TIMEOUT_MS, WHOLE_TABLE_TIMEOUT_MS } from '../lead/patience.js';
import { setStatementTimeout } from '../lead/writer-client.js';
import { JobFailed } from './job-ended.js';
import type { JobProgress } from './job-progress.js';
import { wrongCounts } from './repair-counts.js';
import { damageOf, ensureNumber, portionsOf, repairRows } from './repair-rows.js';
import { withoutHeld, type Damage } from './untold.js';
import { findingsInWords, notSoMany, repairInWords } from './verification-words.js';

/** More differences than this are a case for a rebuild, not for a repair. */
export const MAX_REPAIRS = 100_000;
/** After a repair everything is compared again; what is found then is put right, too. */
const MAX_ROUNDS = 3;

interface Surroundings {
  readonly connection: NatsConnection;
  readonly leading: Leading;
  readonly source: { readonly stream: string };
}

/** What the job can do for its verification. */
export interface Steps {
  /** The generation that was folded from what was read. */
  readonly folded: () => Position;
  readonly enter: (phase: JobPhase) => Promise<void>;
  /** Does work between two batches, while both generations are at one position. */
  readonly standStill: (work: (leading: Leading) => Promise<void>) => Promise<void>;
  readonly inSnapshot: <T>(work: (snapshot: Client) => Promise<T>) => Promise<T>;
  readonly compare: (snapshot: Client, found: (difference: Difference) => void) => Promise<void>;
}

/** The end of a verification: the report, or the repair and its proof. */
export class Verification {
  constructor(
    private readonly surroundings: Surroundings,
    private readonly progress: JobProgress,
    private readonly order: StoredJob,
    private readonly differences: readonly Difference[],
    private readonly steps: Steps,
  ) {}

  /** @returns how it ended, in words @throws {JobFailed} when what was asked for cannot be done */
  async conclude(): Promise<string> {
    const { connection, source } = this.surroundings;
    const { stream, repair, removeUntold } = this.order;
    const found = this.differences.length;
    const at = `at position ${this.steps.folded().sequence}`;
    if (found === 0) return `no differences ${at}`;
    const gone = stream === null ? await messagesGone(connection, source.stream) : 0;
    const because = `the stream ${source.stream} no longer holds ${gone} of its messages, and rows that they made look like differences`;
    if (!repair) return `${findingsInWords(this.differences, at)}${gone > 0 ? `; ${because}` : ''}`;
    // A row that the stream tells nothing of any more is no proof that it is wrong.
    if (gone > 0)
      throw new JobFailed(
        `${found} differences ${at} are not repaired: ${because}; name an archive that holds them (--stream), or take the stream as it is by a rebuild with --accept-differences`,
      );
    if (found > MAX_REPAIRS) throw new JobFailed(`more than ${MAX_REPAIRS} differences: rebuild instead of repairing`);
    const untold = this.differences.filter(({ isUntold }) => isUntold).length;
    if ((removeUntold ?? untold) !== untold) throw new JobFailed(notSoMany(untold, removeUntold!));
    return this.repairUntilProven();
  }

  private async repairUntilProven(): Promise<string> {
    let wrong: readonly Difference[] = this.differences;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      await this.steps.enter('repairing');
      await this.repairAll(damageOf(wrong), round === 1 ? (this.order.removeUntold ?? null) : null);
      const left = await this.leftAfterRepair();
      if (left.isRight) {
        this.progress.untoldLeft(left.differences.filter(({ isUntold }) => isUntold).length);
        return repairInWords(this.differences.length, left.differences, this.order.stream);
      }
      wrong = left.differences;
      await this.progress.pauseOrEnd();
    }
    throw new JobFailed(`rows are still wrong after ${MAX_ROUNDS} repairs: does something else write to the tables?`);
  }

  /** @param removeUntold null: rows that no event tells of stay */
  private async repairAll(damage: Damage, removeUntold: number | null): Promise<void> {
    for (const [index, portion] of portionsOf(damage).entries()) {
      await this.steps.standStill((leading) =>
        this.inTransaction(leading, async ({ client, position }) => {
          const [live, folded] = [position.generation, this.steps.folded().generation];
          if (index === 0 && removeUntold !== null) await ensureNumber(client, live, folded, damage, removeUntold);
          await repairRows(client, live, folded, portion, removeUntold !== null);
        }),
      );
      await this.progress.pauseOrEnd();
    }
  }

  /** Compares everything again. All that may be left are rows that no event tells of, and what follows from those. */
  private leftAfterRepair(): Promise<{ differences: Difference[]; isRight: boolean }> {
    return this.steps.inSnapshot(async (snapshot) => {
      const differences: Difference[] = [];
      await this.steps.compare(snapshot, (difference) => {
        if (differences.length <= MAX_REPAIRS) differences.push(difference);
      });
      const [a, b] = [
        generationTables(this.surroundings.leading.position.generation),
        generationTables(this.steps.folded().generation),
      ];
      const wrong = await withoutHeld(snapshot, a, b, differences, damageOf(differences));
      const isRight = wrong.length === 0 && (await wrongCounts(snapshot, a)) === 0;
      return { differences, isRight };
    });
  }

  /** Counting a large table takes longer than a batch may: given up for that, a repair would begin again for ever. */
  private async inTransaction(leading: Leading, work: (leading: Leading) => Promise<void>): Promise<void> {
    const { client, lease } = leading;
    await setStatementTimeout(client, WHOLE_TABLE_TIMEOUT_MS);
    try {
      await fenced(client, lease, () => work(leading));
    } catch (error) {
      if (!isFaultOfTheData(error)) throw error;
      throw new JobFailed(
        `PostgreSQL refuses what is to be put right, which was left as it was: ${(error as Error).message}`,
      );
    } finally {
      await setStatementTimeout(client, STATEMENT_TIMEOUT_MS).catch(() => undefined);
    }
  }
}

/** How many of the messages that a stream ever had are not in it any more. */
async function messagesGone(connection: NatsConnection, stream: string): Promise<number> {
  const { state } = await streamNow(await jetstreamManager(connection), stream);
  return state.last_seq - state.messages;
}
