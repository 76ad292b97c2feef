import { InvalidArgumentError } from 'commander';
import { parseInstant } from '#token-contract/instant.js';

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Reads an integer option. Commander writes the name of the option before the message. */
export function integerFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It must be an integer from ${min} to ${max}.`);
    return value;
  };
}

/** An instant, or how long ago it was: `2h`. */
export function sinceArgument(text: string): Date {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago) return new Date(Date.now() - Number(ago[1]) * SECONDS[ago[2] as keyof typeof SECONDS] * 1_000);
  const parsed = parseInstant(text);
  if ('problem' in parsed)
    throw new InvalidArgumentError(`It ${parsed.problem}; write 2026-01-31T08:00:00Z, or 30m, 2h, 7d for so long ago.`);
  return new Date(parsed.instant);
}
