import type { Random } from './random.js';
import { DAY, endOfDay } from './timeline.js';

export interface Validity {
  readonly validFrom: number;
  readonly expiresAt: number | null;
}

/**
 * 4 % expired, 1 % not yet valid, 75 % without an end. Ends are at least a month after `at`, and beginnings at least a fortnight, so that
 * the shares hold for a while.
 */
export function validityOf(random: Random, at: number, createdAt: number): Validity {
  const drawn = random.fraction();
  const when = random.fraction();
  if (drawn < 0.04) return { validFrom: createdAt, expiresAt: endOfDay(createdAt + when * (at - DAY - createdAt)) };
  if (drawn < 0.05) return { validFrom: Math.round(at + (14 + 180 * when) * DAY), expiresAt: null };
  if (drawn < 0.26) return { validFrom: createdAt, expiresAt: endOfDay(at + (30 + 4 * 365 * when) * DAY) };
  return { validFrom: createdAt, expiresAt: null };
}
