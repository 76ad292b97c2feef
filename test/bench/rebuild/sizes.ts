/** Fewer than elsewhere, and none to warm up: every figure takes minutes at a million tokens. */
export const ROUNDS = 3;
/** The peer is given a sample, and its rate is taken for that of the whole. */
export const PEER_EVENTS = 1_000;
