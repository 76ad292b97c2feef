import { defaultCustomers, type SeedOptions } from './seed-options.js';
import { Zipf } from './zipf.js';

/** The values from which every token is drawn. */
export interface SeedWorld {
  readonly tokens: number;
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly customers: Zipf;
}

export function seedWorld(options: SeedOptions): SeedWorld {
  return {
    tokens: options.tokens,
    seed: options.seed,
    at: Date.parse(options.at),
    customers: new Zipf(options.customers ?? defaultCustomers(options.tokens)),
  };
}

/** Separates the numbers drawn for one property from those for another. */
export const PURPOSE = { uid: 1, label: 2, state: 3, history: 4, groups: 5 } as const;
