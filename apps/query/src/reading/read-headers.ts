import type { ReadModelState } from './reading.js';

/** The headers of every answer: the position of the read model, how old that is, and whether a projector keeps it up to date. */
export function readHeaders({ position, lagMs, staleBecause }: ReadModelState): Record<string, string> {
  const headers = { 'X-Read-Position': position, 'X-Read-Lag-Ms': lagMs };
  return staleBecause === undefined ? headers : { ...headers, 'X-Read-Stale': staleBecause };
}
