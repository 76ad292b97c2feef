/** Fewer than elsewhere: every figure takes seconds and leaves its rows behind. */
export const ROUNDS = 3;
/** The peer is given a sample, and its rate is taken for that of the whole. */
export const PEER_EVENTS = 1_000;

/** A twentieth of the table, within bounds. */
export function eventsPerFigure(tokens: number): number {
  return Math.min(25_000, Math.max(10_000, Math.round(tokens / 20)));
}
