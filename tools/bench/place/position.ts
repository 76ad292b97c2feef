import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;
/** Batches take a moment even on a busy machine; a longer time than this counts as no progress. */
const STALLED_MS = 60_000;

export interface Reaching {
  /** The name in error messages; completes "Waited for ...". */
  readonly who: string;
  /** The stream sequence up to which everything is done. */
  readonly position: () => Promise<number>;
  /** Rejects when waiting is useless. */
  readonly broken: Promise<never>;
  readonly look?: (position: number) => void;
}

/**
 * Waits until a process has done everything up to a stream sequence.
 * @returns when that was seen, by `performance.now()`
 * @throws if the process makes no progress any more
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
