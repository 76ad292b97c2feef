import type { DomainEvent } from '#token-contract/events.js';
import type { EventKey } from '#projection/projection.js';

/**
 * The cost of finding the members of a deleted group. The number of them that a batch changes itself has one limit for all groups together.
 */
const GROUP_DELETION_ROWS = 10;

/** How many rows an event can touch: a change of a group with a thousand tokens costs as much as a thousand changed tokens. */
export function rowsOf(event: DomainEvent): number {
  switch (event.type) {
    case 'token.created':
    case 'token.updated':
    case 'token.activated':
    case 'token.deactivated':
    case 'token.deleted':
    case 'token.erased':
      return 1;
    case 'token-group.tokens-added':
    case 'token-group.tokens-removed':
      return event.data.tokenIds.length;
    case 'token-group.deleted':
      return GROUP_DELETION_ROWS;
  }
}

/** A token's event carries everything that the earlier ones said; a group's event does not, so its key includes the version. */
export function keyOf({ data }: DomainEvent): EventKey {
  if (!('tokenGroupId' in data)) return { parts: [data.id], words: `the token ${data.id}`, ids: { tokenId: data.id } };
  const { tokenGroupId, version } = data;
  return { parts: [tokenGroupId, version], words: `the group ${tokenGroupId} and the version ${version}`, ids: {} };
}

/** Two states of a token with the same version: only the first is applied. */
export function isSameVersion({ data: one }: DomainEvent, { data: other }: DomainEvent): boolean {
  return 'id' in one && 'id' in other && one.id === other.id && one.version === other.version;
}
