import { ServiceError } from '#service-runtime/service-error.js';
import type { JobStatus, StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { listGenerations, previousOf, type GenerationRow } from '../store/generations.js';
import { positionOf } from '../store/position.js';
import { switchGeneration } from '../store/switch-generation.js';
import type { Position } from '../stream/position.js';
import { JobProgress } from './job-progress.js';
import { isTooMuch, lossBetween, lossInWords } from './row-loss.js';

export interface RollBackOptions {
  /** The operator knows that no projector will keep it up to date. */
  readonly acceptStale?: boolean;
  readonly maxLossPercent: number;
  /** The `created` of the current stream; undefined if there is no stream. */
  readonly created: string | undefined;
}

/** Why a generation cannot be brought up to date: the code in answers, and in words. */
interface Stale {
  readonly because: string;
  readonly words: string;
}

/**
 * A generation of another release's schema, or of a stream that is gone, cannot be brought up to date. It becomes live as it is. An
 * operator can start the release of that schema again, which continues from there; a stream that is gone may come back.
 * @returns how the job ended; undefined if the previous generation can be brought up to date
 * @throws {ServiceError} 409 if the operator has not accepted that
 */
export async function rollBackAsItIs(
  leading: Leadership,
  job: StoredJob,
  going: RollBackOptions,
): Promise<JobStatus | undefined> {
  const { projection, client, lease, position } = leading;
  const previous = previousOf(await listGenerations(client, projection));
  if (!previous) return undefined;
  const to = await positionOf(client, previous.number);
  const stale = staleness(projection, previous, to, going);
  if (!stale) return undefined;
  const loss = await lossBetween(client, projection, position.generation, to.generation);
  if (!job.acceptLoss && isTooMuch(loss, going.maxLossPercent))
    throw new ServiceError(
      409,
      `Not gone back: ${lossInWords(projection, loss)}; ask again with acceptLoss (--yes) when that is meant.`,
    );
  const message = `generation ${to.generation} is live at ${to.sequence}; ${stale.words}`;
  const progress = new JobProgress(projection, to.generation, { ...job, phase: 'switching' });
  const end = { ...progress.asEnded('done', message), isFrozen: stale.because === 'source-recreated' };
  await switchGeneration(client, lease, to, end, stale.because);
  leading.position = to;
  return end;
}

function staleness(
  projection: Projection,
  { number, schemaVersion }: GenerationRow,
  to: Position,
  going: RollBackOptions,
): Stale | undefined {
  if (schemaVersion !== projection.schemaVersion)
    return { because: 'schema-version', words: `the release of schema version ${schemaVersion} goes on from there` };
  if (to.streamCreated === null || going.created === undefined || going.created === to.streamCreated) return undefined;
  const former = `the stream ${to.stream} made ${to.streamCreated}, which is gone`;
  if (!going.acceptStale)
    throw new ServiceError(
      409,
      `Not gone back: generation ${number} was read from ${former}. It would be served as it is, at ${to.sequence}, frozen and marked as stale; ask again with acceptStale (--frozen) when that is meant.`,
    );
  return { because: 'source-recreated', words: `frozen and marked as stale, because it was read from ${former}` };
}
