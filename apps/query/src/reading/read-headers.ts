import type { ReadModelState } from './read-model-reader.js';

/** On every answer of every door: where the read model stood, and how old that is. */
export function readHeaders({ position, lagMs }: ReadModelState): Record<'X-Read-Position' | 'X-Read-Lag-Ms', string> {
  return { 'X-Read-Position': position, 'X-Read-Lag-Ms': lagMs };
}
