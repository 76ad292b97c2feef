import { InvalidArgumentError } from 'commander';
import { parseInstant, type Instant } from '#token-contract/instant.js';

/**
 * The years are bounded because the tokens' times reach from 8 years before the instant to 5 years after it, and one reaches the year 2999.
 */
export function instantArgument(text: string): Instant {
  const parsed = parseInstant(text);
  if ('problem' in parsed) throw new InvalidArgumentError(`It ${parsed.problem}, e.g. 2026-01-01T00:00:00Z.`);
  if (parsed.instant < '1980' || parsed.instant >= '2900')
    throw new InvalidArgumentError('It must lie in the years 1980 to 2899.');
  return parsed.instant;
}

export function startOfToday(): Instant {
  return `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
}
