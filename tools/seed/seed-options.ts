import type { Instant } from '#token-contract/instant.js';

/** What the events are a function of: the same options give the same events, byte for byte. */
export interface SeedOptions {
  readonly tokens: number;
  /** How many customers the tokens are drawn for; customer 1 is the largest. Default: `defaultCustomers(tokens)`. */
  readonly customers?: number | undefined;
  /** From 0 to 2^32 - 1. */
  readonly seed: number;
  /** The instant that decides what is expired or not yet valid; every other time is relative to it. */
  readonly at: Instant;
}

/** A sixth of the tokens: the median customer that has any then has one or two. */
export function defaultCustomers(tokens: number): number {
  return Math.max(1, Math.round(tokens / 6));
}
