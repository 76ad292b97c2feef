import { defaultCustomers, type SeedOptions } from '#tools/seed/seed-options.js';
import type { Tally } from '#tools/seed/tally.js';
import { count } from '../terminal/spelling.js';

/** The output of `--json`. */
export function jsonSummary(options: SeedOptions, tally: Tally): string {
  return JSON.stringify({
    tokens: tally.tokens,
    customers: options.customers ?? defaultCustomers(options.tokens),
    events: tally.events,
    seed: options.seed,
    at: options.at,
    firstSequence: tally.firstSequence,
    lastSequence: tally.lastSequence,
    seconds: Number(tally.seconds.toFixed(3)),
  });
}

export function textSummary(options: SeedOptions, stream: string, tally: Tally): string {
  const customers = options.customers ?? defaultCustomers(options.tokens);
  return [
    `Published ${count(tally.events)} events of ${count(tally.tokens)} tokens`,
    ` for up to ${count(customers)} customers to the stream ${stream}`,
    ` (sequences ${tally.firstSequence} to ${tally.lastSequence})`,
    ` in ${tally.seconds.toFixed(1)} s, ${count(tally.eventsPerSecond)} events/s.`,
    tally.duplicates > 0 ? `\n${count(tally.duplicates)} of them were there already and were not stored again.` : '',
  ].join('');
}
