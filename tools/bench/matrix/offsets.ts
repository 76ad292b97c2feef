import { LIMIT } from './combinations.js';
import type { ListClock } from './list-clock.js';
import type { Aimed } from './targets.js';

/** A deep page should cost as much as the first page, apart from the error of measurement. */
const LIKE_THE_FIRST = { factor: 2, plusMs: 1 };

/** Pages deep in the whole list. */
export async function offsetRequests(clock: ListClock, tokens: number): Promise<Aimed[]> {
  const first = await clock.total({ limit: LIMIT });
  const asFirst = { total: Math.ceil(LIKE_THE_FIRST.factor * first + LIKE_THE_FIRST.plusMs) };
  return [
    { what: 'first page', request: { limit: LIMIT }, target: asFirst },
    { what: 'offset of half the table', request: { offset: tokens >> 1, limit: LIMIT }, target: { total: 60 } },
    { what: 'last page', request: { offset: tokens - LIMIT, limit: LIMIT }, target: asFirst },
  ];
}
