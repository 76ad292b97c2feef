import { SCHEMA_VERSION } from '#read-model/generation-tables.js';
import type { JobStatus, StoredJob } from '#read-model/job.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { positionOf, type Position } from '../consume/position.js';
import type { Leading } from '../lead/leading.js';
import { listGenerations, previousOf, type GenerationRow } from '../rebuild/generations.js';
import { JobProgress } from '../rebuild/job-progress.js';
import { switchGeneration } from '../rebuild/switch-generation.js';
import { isTooMuch, lossInWords, tokensIn } from '../rebuild/token-loss.js';

export interface GoingBack {
  /** The operator knows that it will not be kept up to date. */
  readonly acceptStale?: boolean;
  readonly maxLossPercent: number;
  /** Of the stream as it is now; undefined where there is none. */
  readonly created: string | undefined;
}

/** Why a generation cannot be brought up to date, as the answers say it, and in words. */
interface Stale {
  readonly because: string;
  readonly words: string;
}

/**
 * A generation of another release's schema, or of a stream that is gone, cannot be brought up to date. It goes live as it is; the
 * release that it is of goes on with it when it is started again, a stream that is gone may come back.
 * @returns how that ended; undefined where the previous generation can be brought up to date
 * @throws {ServiceError} 409 where the operator has not said that this is meant
 */
export async function goBackAsItIs(leading: Leading, job: StoredJob, going: GoingBack): Promise<JobStatus | undefined> {
  const { client, lease, position } = leading;
  const previous = previousOf(await listGenerations(client));
  if (!previous) return undefined;
  const to = await positionOf(client, previous.number);
  const stale = staleness(previous, to, going);
  if (!stale) return undefined;
  const loss = await tokensIn(client, position.generation, to.generation);
  if (!job.acceptLoss && isTooMuch(loss, going.maxLossPercent))
    throw new ServiceError(
      409,
      `Not gone back: ${lossInWords(loss)}; ask again with acceptLoss (--yes) when that is meant.`,
    );
  const message = `generation ${to.generation} is live at ${to.sequence}; ${stale.words}`;
  const progress = new JobProgress({ ...job, phase: 'switching' }, to.generation);
  const end = { ...progress.asEnded('done', message), isFrozen: stale.because === 'source-recreated' };
  await switchGeneration(client, lease, to, end, stale.because);
  leading.position = to;
  return end;
}

function staleness({ number, schemaVersion }: GenerationRow, to: Position, going: GoingBack): Stale | undefined {
  if (schemaVersion !== SCHEMA_VERSION)
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
