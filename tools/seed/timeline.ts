import { Random } from './random.js';
import { PURPOSE, type SeedWorld } from './seed-world.js';

export const DAY = 86_400_000;
const OLDEST = 8 * 365 * DAY;
/** New tokens end here; only CSV imports and single changes are later. */
const NEWEST = 60 * DAY;

const IMPORT_SIZE = 1_000;
const IMPORT_EVERY = 20;

/** Ids come from a sequence, so `createdAt` rises with the id. */
export function createdAtOf(world: SeedWorld, id: number, fraction: number): number {
  const age = OLDEST - ((id - 1 + fraction) / world.tokens) * (OLDEST - NEWEST);
  return Math.round(world.at - age);
}

/**
 * When a CSV import changed the token, if one did: in one of twenty blocks of a thousand ids all tokens share one `updatedAt`. It is later
 * than any membership, so that the list shows it too.
 */
export function importedAt(world: SeedWorld, id: number): number | undefined {
  const block = Math.floor((id - 1) / IMPORT_SIZE);
  if (block % IMPORT_EVERY !== 2) return undefined;
  const random = new Random(world.seed, block, PURPOSE.history);
  return Math.round(world.at - (30 + 20 * random.fraction()) * DAY);
}

export function endOfDay(ms: number): number {
  return Math.floor(ms / DAY) * DAY + DAY - 1;
}
