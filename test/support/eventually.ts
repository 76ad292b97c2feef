import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** The deadline in milliseconds; 10,000 unless told. */
  readonly within?: number;
  /** Pause between two looks; 25 unless told. */
  readonly every?: number;
  /** Put below the error when the deadline passes, for instance a process's output. */
  readonly details?: () => string;
}

type NotYet = undefined | null | false;

/**
 * Waits until `look` gives something other than undefined, null or false, and gives that. A look that throws counts as "not yet".
 * @param what completes the sentence "Waited ... for": "the list to hold 3 tokens"
 * @throws when the deadline passes, with what the last look saw
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T> | T,
  patience: Patience = {},
): Promise<Seen<T>> {
  const { within = 10_000, every = 25, details } = patience;
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
