import type { ChangePlace } from '#projection/change-order.js';
import type { TokenState } from '#token-contract/events.js';
import type { Instant } from '#token-contract/instant.js';
import { renderDocument, stateOfDocument } from '../document.js';
import { facetCode } from '../facet.js';
import { searchText } from '../search-text.js';
import type { TokenRow } from './changes.js';
import type { CurrentToken } from './current.js';

/**
 * The token's row in the form of an event's state.
 * @throws if its document is damaged: the state cannot be guessed
 */
export function knownState(id: number, known: CurrentToken | undefined): TokenState | undefined {
  if (!known) return undefined;
  if (known.document === null) throw new Error('the document of a token whose memberships change was not loaded');
  const state = stateOfDocument(known.document, known.version, known.ownUpdatedAt);
  if (!state)
    throw new Error(
      `the stored document of token ${id} is damaged: put it right by tokenctl verify --repair, then replay this letter`,
    );
  return state;
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
