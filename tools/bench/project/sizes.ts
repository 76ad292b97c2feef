/** Fewer than in other benches: every figure takes seconds and leaves its rows behind. */
export const ROUNDS = 3;

/** A twentieth of the table, within bounds. */
export function eventsPerFigure(tokens: number): number {
  return Math.min(25_000, Math.max(10_000, Math.round(tokens / 20)));
}
