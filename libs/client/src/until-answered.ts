import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, NoAnswerError } from './errors.js';

/** Too many requests, and what proxies and the service say while something is away. */
const AWAY = [429, 502, 503, 504];
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Repeats a request that reads, while the service is away or asks to come back later, and not before the time that it names.
 * @param attempt gets the milliseconds that are left
 * @param withinMs the longest time for all attempts together; then the last error of the service is thrown
 */
export async function untilAnswered<T>(
  attempt: (leftMs: number) => Promise<T>,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let refusal: ApiError | undefined;
  for (let tries = 0; ; tries += 1) {
    signal?.throwIfAborted();
    const left = deadline - performance.now();
    // A pause may last longer than was asked for.
    if (refusal && left <= 0) throw refusal;
    try {
      return await attempt(Math.max(left, 0));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiError) refusal = error;
      const pause = pauseAfter(error, tries);
      if (pause === undefined) throw error;
      // An attempt that the deadline cut short says nothing; what the service said before does.
      if (performance.now() + pause >= deadline) throw refusal ?? error;
      await sleep(pause, undefined, signal && { signal }).catch(() => undefined);
    }
  }
}

/**
 * undefined: to try again would not help. Without a word of the service, the pauses double, and differ so that not all come back at once.
 */
function pauseAfter(error: unknown, tries: number): number | undefined {
  const isAway = error instanceof ApiError ? AWAY.includes(error.status) : error instanceof NoAnswerError;
  if (!isAway) return undefined;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
  return error instanceof ApiError ? (error.retryAfterMs ?? pause) : pause;
}
