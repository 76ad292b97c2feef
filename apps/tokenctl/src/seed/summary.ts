import { defaultCustomers, type SeedOptions } from '#tools/seed/seed-options.js';
import type { Tally } from '#tools/seed/tally.js';

const number = new Intl.NumberFormat('en');

/** What `--json` prints. */
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
    `Published ${number.format(tally.events)} events of ${number.format(tally.tokens)} tokens`,
    ` for up to ${number.format(customers)} customers to the stream ${stream}`,
    ` (sequences ${tally.firstSequence} to ${tally.lastSequence})`,
    ` in ${tally.seconds.toFixed(1)} s, ${number.format(tally.eventsPerSecond)} events/s.`,
    tally.duplicates > 0
      ? `\n${number.format(tally.duplicates)} of them were there already and were not stored again.`
      : '',
  ].join('');
}
