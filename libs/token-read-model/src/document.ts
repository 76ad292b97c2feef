import type { Instant } from '#token-contract/instant.js';
import type { TokenState } from '#token-contract/events.js';

/** One element of the list's `data`, keys in the order the API promises. */
export type TokenDocument = Omit<TokenState, 'version'> & { readonly tokenGroupIds: readonly number[] };

/**
 * Renders the finished JSON of a token. It is stored, and goes out as it is on every door.
 * @param updatedAt the latest of the token's own and its memberships' times
 * @param tokenGroupIds ascending
 */
export function renderDocument(state: TokenState, updatedAt: Instant, tokenGroupIds: readonly number[]): string {
  const { type, uid, label, appUserId } = state.identifier;
  const document: TokenDocument = {
    id: state.id,
    customerId: state.customerId,
    identifier: { type, uid, label, appUserId },
    createdAt: state.createdAt,
    updatedAt,
    validFrom: state.validFrom,
    expiresAt: state.expiresAt,
    isActive: state.isActive,
    roamingEnabled: state.roamingEnabled,
    priorityChargingEnabled: state.priorityChargingEnabled,
    billingReference: state.billingReference,
    comment: state.comment,
    tokenGroupIds,
  };
  return JSON.stringify(document);
}

/** The way back: a stored document and what is kept beside it give the token's own state again. */
export function stateOfDocument(document: string, version: number, ownUpdatedAt: Instant): TokenState {
  const { tokenGroupIds: _derived, ...state } = JSON.parse(document) as TokenDocument;
  return { ...state, version, updatedAt: ownUpdatedAt };
}
