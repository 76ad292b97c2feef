import type { Instant } from '#token-contract/instant.js';
import type { TokenState } from '#token-contract/events.js';

/** One element of the list's `data`, with its keys in the order that the API promises. */
export type TokenDocument = Omit<TokenState, 'version'> & { readonly tokenGroupIds: readonly number[] };

/**
 * Renders the finished JSON of a token. It is stored, and HTTP and NATS send it unchanged.
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

/**
 * The reverse: makes the token's own state from a stored document and the columns stored beside it.
 * @returns undefined if the document is damaged so that it cannot be read
 */
export function stateOfDocument(document: string, version: number, ownUpdatedAt: Instant): TokenState | undefined {
  const parsed = parse(document);
  if (!parsed?.identifier) return undefined;
  const { tokenGroupIds: _derived, ...state } = parsed;
  return { ...state, version, updatedAt: ownUpdatedAt };
}

function parse(document: string): TokenDocument | null {
  try {
    return JSON.parse(document) as TokenDocument | null;
  } catch {
    return null;
  }
}
