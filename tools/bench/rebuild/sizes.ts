/** Fewer than elsewhere, and none to warm up: every figure takes minutes at a million tokens. */
export const ROUNDS = 3;
