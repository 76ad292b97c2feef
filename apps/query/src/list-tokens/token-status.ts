/** What a token is good for at a moment. The first word that fits is its status. */
export const TOKEN_STATUSES = ['usable', 'inactive', 'notYetValid', 'expired'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];
