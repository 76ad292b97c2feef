import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** The deadline in milliseconds; default 20,000: busy machines are slow. */
  readonly within?: number;
  /** The pause between two calls of `look`; default 25. */
  readonly every?: number;
  /** Added to the error at the deadline, for instance a process's output. */
  readonly details?: () => string;
}

type NotYet = undefined | null | false;

/**
 * Calls `look` until it returns a value other than undefined, null or false, and returns that value. A call that throws counts as "not
 * yet".
 * @param what completes the sentence "Waited ... for": "the list to hold 3 tokens"
 * @throws at the deadline, with the result of the last call
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T> | T,
  patience: Patience = {},
): Promise<Seen<T>> {
  const { within = 20_000, every = 25, details } = patience;
  const deadline = performance.now() + within;
  for (;;) {
    let last: unknown;
    try {
      const seen = await look();
      if (isThere(seen)) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const below = details ? `\n${details()}` : '';
      throw new Error(`Waited ${within} ms for ${what}. The last look saw: ${inWords(last)}.${below}`, { cause: last });
    }
    await sleep(every);
  }
}

export type Seen<T> = Exclude<T, NotYet>;

function isThere<T>(seen: T): seen is Seen<T> {
  return seen !== undefined && seen !== null && seen !== false;
}

function inWords(seen: unknown): string {
  return seen instanceof Error ? seen.message || seen.name : String(seen);
}
