import type { JetStreamManager } from '@nats-io/jetstream';
import type { StoredJob } from '../job.js';
import type { Gap, Position } from '../stream/position.js';
import { streamNow } from '../stream/stream.js';
import { beginning, isCompacted } from '../stream/subject-limit.js';
import { mustHold } from './must-hold.js';

/** With more of them than that, what was missing is not remembered: the server would list every one of them. */
const MOST_MISSING = 10_000;
const MOST_RANGES = 1_000;

/** What a stream lacked when a generation began to read it: that does not count as missing. */
export interface GoneAlready {
  readonly gap: Gap;
  /** Undefined if it is too much to remember. */
  readonly gone: NonNullable<StoredJob['gone']> | undefined;
}

async function goneAlready(manager: JetStreamManager, stream: string): Promise<GoneAlready> {
  const info = await streamNow(manager, stream);
  const gap = beginning(info.state.last_seq);
  if (isCompacted(info) || (info.state.num_deleted ?? 0) > MOST_MISSING) return { gap, gone: undefined };
  const { state } = await streamNow(manager, stream, { deleted_details: true });
  const gone = rangesOf(state.deleted ?? []);
  return { gap, gone: gone.length > MOST_RANGES ? undefined : gone };
}

/** For a generation that must hold everything since it began; remembers what its stream lacks if it begins now. */
export async function gapsAtBeginning(
  keep: (change: Partial<StoredJob>) => Promise<void>,
  manager: JetStreamManager,
  stream: string,
  job: StoredJob,
  stored: Position,
): Promise<{ readonly gap: Gap | null; readonly gone: GoneAlready['gone'] }> {
  const gap = stored.gap ?? null;
  if (mustHold(job) !== 'all since it began') return { gap, gone: undefined };
  if (stored.sequence > 0) return { gap, gone: job.gone ?? undefined };
  const now = await goneAlready(manager, stream);
  await keep({ gone: now.gone ?? null });
  return { gap: gap ?? now.gap, gone: now.gone };
}

/** @param sequences rising */
function rangesOf(sequences: readonly number[]): (readonly [from: number, to: number])[] {
  const ends = sequences.filter((sequence, i) => sequences[i + 1] !== sequence + 1);
  const starts = sequences.filter((sequence, i) => sequences[i - 1] !== sequence - 1);
  return starts.map((start, i) => [start, ends[i]!]);
}
