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

/** Reads a span of time in seconds: `90s`, `15m`, `2h`, `7d`. */
export function durationArgument(max: string): (text: string) => number {
  return (text) => {
    const seconds = secondsIn(text);
    if (seconds === undefined || seconds < 1 || seconds > secondsIn(max)!)
      throw new InvalidArgumentError(`It must be a time as 90s, 15m, 2h or 7d, of at most ${max}.`);
    return seconds;
  };
}

function secondsIn(text: string): number | undefined {
  const found = /^(\d{1,6})([smhd])$/.exec(text);
  return found ? Number(found[1]) * SECONDS[found[2] as keyof typeof SECONDS] : undefined;
}

/** An instant, or how long ago it was: `2h`. */
export function sinceArgument(text: string): Date {
  const ago = secondsIn(text);
  if (ago !== undefined) return new Date(Date.now() - ago * 1_000);
  const parsed = parseInstant(text);
  if ('problem' in parsed)
    throw new InvalidArgumentError(`It ${parsed.problem}; write 2026-01-31T08:00:00Z, or 30m, 2h, 7d for so long ago.`);
  return new Date(parsed.instant);
}
