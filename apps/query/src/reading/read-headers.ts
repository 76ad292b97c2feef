import type { ReadModelState } from './reading.js';

/** On every answer of every door: where the read model stood, how old that is, and whether it is kept up to date at all. */
export function readHeaders({ position, lagMs, staleBecause }: ReadModelState): Record<string, string> {
  const headers = { 'X-Read-Position': position, 'X-Read-Lag-Ms': lagMs };
  return staleBecause === undefined ? headers : { ...headers, 'X-Read-Stale': staleBecause };
}
