import type { StoredJob } from '../job.js';

/**
 * The messages that must not be missing, because no later check would find the loss. For a roll-back: all. For a generation that is
 * compared with nothing, or may differ: those that were there when it was begun, or came later. Otherwise: those that came after the proof.
 */
export type MustHold = 'all' | 'all since it began' | 'all since the proof';

/** Which messages the job's generation must have read. */
export function mustHold({ kind, mustBeCompared, acceptDifferences }: StoredJob): MustHold {
  if (kind === 'rollback') return 'all';
  return mustBeCompared === false || acceptDifferences ? 'all since it began' : 'all since the proof';
}
