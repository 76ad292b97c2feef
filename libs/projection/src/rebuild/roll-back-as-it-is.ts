import type { ClientBase } from 'pg';
import { ServiceError } from '#service-runtime/service-error.js';
import type { JobStatus, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { beginLineage } from '../store/change-places.js';
import { lockPrevious, type GenerationRow } from '../store/generations.js';
import { countReplayedSince } from '../store/replayed-letters.js';
import { makeLive, type StandsStill } from '../store/switch-generation.js';
import { fenced } from '../store/transaction.js';
import type { Position } from '../stream/position.js';
import type { SourceChanged } from '../stream/source-changed.js';
import { JobProgress } from './job-progress.js';
import { isTooMuch, lossBetween, lossInWords } from './row-loss.js';

export interface RollBackOptions {
  /** The operator knows that no projector will keep it up to date. */
  readonly acceptStale?: boolean;
  readonly maxLossPercent: number;
  /** How the stream has changed since the generation was read from it; undefined if it has not. */
  readonly change: SourceChanged | undefined;
}

/** Why a generation cannot be brought up to date: the code in answers, and in words. */
interface Stale extends StandsStill {
  readonly words: string;
  readonly isFrozen: boolean;
}

/**
 * A generation of another release's schema cannot be brought up to date, nor can one whose stream is gone or has lost what comes next. It
 * becomes live as it is. An operator can start the release of that schema again, which continues from there; a stream that is gone may
 * come back.
 * @param to the position of the previous generation, with the doubts of the live one about the same stream
 * @returns how the job ended; undefined if the previous generation can be brought up to date
 * @throws {ServiceError} 409 if the operator has not accepted that, or the generation has just been dropped
 */
export async function rollBackAsItIs(
  leading: Leadership,
  job: StoredJob,
  to: Position,
  going: RollBackOptions,
): Promise<JobStatus | undefined> {
  const { projection, client, lease, position } = leading;
  const end = await fenced(client, lease, async () => {
    const previous = await previousToGoBackTo(client, projection);
    const stale = staleness(projection, previous, to, going);
    if (!stale) return undefined;
    const loss = await lossBetween(client, projection, position.generation, to.generation);
    if (!job.acceptLoss && isTooMuch(loss, going.maxLossPercent))
      throw new ServiceError(
        409,
        `Not gone back: ${lossInWords(projection, loss)}; send it again with acceptLoss (--yes) if you want that.`,
      );
    const replayed = await countReplayedSince(client, projection, previous.retiredAt ?? new Date());
    const message = `generation ${to.generation} is live at ${to.sequence}; ${stale.words}${lettersInWords(replayed)}`;
    const progress = new JobProgress(projection, to.generation, { ...job, phase: 'switching' });
    const ended = { ...progress.asEnded('done', message), isFrozen: stale.isFrozen };
    await beginLineage(client, to.generation);
    await makeLive(client, lease, to, ended, stale);
    return ended;
  });
  if (end) leading.position = to;
  return end;
}

/**
 * Before the transaction ends nobody drops it, and no other job takes it.
 * @param client inside a transaction
 * @throws {ServiceError} 409 if there is none
 */
export async function previousToGoBackTo(client: ClientBase, projection: Projection): Promise<GenerationRow> {
  const previous = await lockPrevious(client, projection);
  if (!previous) throw new ServiceError(409, 'There is no previous generation to go back to.');
  return previous;
}

function lettersInWords(replayed: number): string {
  if (replayed === 0) return '';
  return `; it lacks the ${replayed === 1 ? 'dead letter that was' : `${replayed} dead letters that were`} replayed since it was replaced: replay again`;
}

function staleness(
  projection: Projection,
  { number, schemaVersion }: GenerationRow,
  to: Position,
  { change, acceptStale }: RollBackOptions,
): Stale | undefined {
  if (change) {
    if (!acceptStale)
      throw new ServiceError(
        409,
        `Not gone back: generation ${number} cannot be brought up to date, because ${change.message}. It would be served as it is, at ${to.sequence}, frozen and marked as stale; send it again with acceptStale (--frozen) if you want that.`,
      );
    const words = `frozen and marked as stale, because ${change.message}`;
    return { because: `source-${change.mismatch}`, doubts: change.doubts(to), words, isFrozen: true };
  }
  if (schemaVersion === projection.schemaVersion) return undefined;
  const words = `the release of schema version ${schemaVersion} continues from there`;
  return { because: 'schema-version', doubts: [], words, isFrozen: false };
}
