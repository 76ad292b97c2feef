import type { Instant } from '#token-contract/instant.js';
import type { FacetCode } from '../facet.js';
import type { Dated, MembershipEntry } from './reduce.js';

export interface CurrentToken {
  readonly version: number;
  readonly customerId: number;
  readonly facet: FacetCode;
  /** The token's own `updatedAt`, without its memberships. */
  readonly ownUpdatedAt: Instant;
  /** The stored document, where only memberships may have changed and the rest of the token is needed from here. */
  readonly document: string | null;
}

/** What the tables hold about every key a batch touches. */
export interface Current {
  readonly tokens: ReadonlyMap<number, CurrentToken>;
  /** Erased version by token. */
  readonly erasures: ReadonlyMap<number, number>;
  /** Every pair of every touched token: by token, then by group. */
  readonly memberships: ReadonlyMap<number, ReadonlyMap<number, MembershipEntry>>;
  /** Members of groups that were deleted: they are folded again even where no event names them. */
  readonly membersOfDeleted: ReadonlySet<number>;
  /** Deletions of every group among those pairs or in the batch. */
  readonly deletions: ReadonlyMap<number, Dated>;
}
