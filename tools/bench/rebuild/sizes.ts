/** Fewer than in other benches, and no warm-up round: every figure takes minutes at a million tokens. */
export const ROUNDS = 3;
