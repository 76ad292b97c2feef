import type { ChangePlace } from '#projection/change-order.js';
import type { TokenState } from '#token-contract/events.js';
import type { Instant } from '#token-contract/instant.js';
import { renderDocument, stateOfDocument } from '../document.js';
import { facetCode } from '../facet.js';
import { searchText } from '../search-text.js';
import type { TokenRow } from './changes.js';
import type { CurrentToken } from './current.js';

/** The token's row in the form of an event's state. */
export function knownState(known: CurrentToken | undefined): TokenState | undefined {
  if (!known) return undefined;
  if (known.document === null) throw new Error('the document of a token whose memberships change was not loaded');
  return stateOfDocument(known.document, known.version, known.ownUpdatedAt);
}

export function tokenRow(
  state: TokenState,
  updatedAt: Instant,
  groupIds: readonly number[],
  place: ChangePlace,
): TokenRow {
  return {
    id: state.id,
    version: state.version,
    customerId: state.customerId,
    facet: facetCode({
      type: state.identifier.type,
      isActive: state.isActive,
      roamingEnabled: state.roamingEnabled,
      priority: state.priorityChargingEnabled,
    }),
    createdAt: state.createdAt,
    updatedAt,
    validFrom: state.validFrom,
    expiresAt: state.expiresAt ?? 'infinity',
    ownUpdatedAt: state.updatedAt,
    place,
    searchText: searchText(state.identifier),
    appUserId: state.identifier.appUserId,
    document: renderDocument(state, updatedAt, groupIds),
  };
}
