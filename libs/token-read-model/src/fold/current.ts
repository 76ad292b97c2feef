import type { Instant } from '#token-contract/instant.js';
import type { FacetCode } from '../facet.js';
import type { Dated, MembershipEntry } from './reduce.js';

export interface CurrentToken {
  readonly version: number;
  readonly customerId: number;
  readonly facet: FacetCode;
  /** The token's own `updatedAt`, without its memberships. */
  readonly ownUpdatedAt: Instant;
  /** The stored document, if only memberships may have changed and the fold needs the rest of the token from it. */
  readonly document: string | null;
}

/** The rows in the tables for every key that a batch touches. */
export interface Current {
  readonly tokens: ReadonlyMap<number, CurrentToken>;
  /** The erased version of each token. */
  readonly erasures: ReadonlyMap<number, number>;
  /** Every pair of every touched token: by token, then by group. */
  readonly memberships: ReadonlyMap<number, ReadonlyMap<number, MembershipEntry>>;
  /** Members of deleted groups: they are folded again even if no event names them. */
  readonly membersOfDeleted: ReadonlySet<number>;
  /** Deletions of every group among those pairs or in the batch. */
  readonly deletions: ReadonlyMap<number, Dated>;
}
