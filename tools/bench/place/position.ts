import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;
/** Batches take a moment even on a busy machine; longer than this is no progress at all. */
const STALLED_MS = 60_000;

export interface Reaching {
  /** Completes "Waited for ...". */
  readonly who: string;
  /** The stream sequence up to which everything is done. */
  readonly position: () => Promise<number>;
  /** Rejects when there is nothing more to wait for. */
  readonly broken: Promise<never>;
  readonly look?: (position: number) => void;
}

/**
 * Waits until somebody has done everything up to a stream sequence.
 * @returns when that was seen, by `performance.now()`
 * @throws when he makes no progress any more
 */
export async function reached(sequence: number, { who, position, broken, look }: Reaching): Promise<number> {
  let last = -1;
  let movedAt = performance.now();
  for (;;) {
    const current = await position();
    const now = performance.now();
    if (current >= sequence) return now;
    if (current > last) [last, movedAt] = [current, now];
    if (now - movedAt > STALLED_MS) throw new Error(`Waited for ${who} to reach ${sequence}: it stays at ${current}.`);
    look?.(current);
    await Promise.race([sleep(LOOK_EVERY_MS), broken]);
  }
}
