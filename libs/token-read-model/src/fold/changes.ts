import type { ChangePlace } from '#projection/change-order.js';
import type { DomainEvent } from '#token-contract/events.js';
import type { Instant } from '#token-contract/instant.js';
import type { FacetCode } from '../facet.js';
import type { Dated, MembershipEntry } from './reduce.js';

export interface TokenRow {
  readonly id: number;
  readonly version: number;
  readonly customerId: number;
  readonly facet: FacetCode;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly validFrom: Instant;
  /** `infinity` if the token never expires. */
  readonly expiresAt: Instant;
  readonly ownUpdatedAt: Instant;
  /** Of the last event that changed it. */
  readonly place: ChangePlace;
  readonly searchText: string;
  readonly appUserId: number | null;
  readonly document: string;
}

export interface MembershipRow extends MembershipEntry {
  readonly tokenId: number;
  readonly tokenGroupId: number;
}

/** A customer, or `ALL_CUSTOMERS`, and a token. */
export interface TokenOfCustomer {
  readonly customerId: number;
  readonly id: number;
}

export interface CountChange {
  readonly customerId: number;
  readonly facet: FacetCode;
  readonly by: number;
}

/** The changes of one batch to the tables: one entry per row, in no particular order. */
export interface Changes {
  readonly tokens: readonly TokenRow[];
  readonly removedTokens: readonly number[];
  readonly erasures: readonly { readonly id: number; readonly version: number }[];
  readonly memberships: readonly MembershipRow[];
  readonly deletions: readonly (Dated & { readonly tokenGroupId: number })[];
  /** Who has lost which token. If everybody has, all former customers learn of it. */
  readonly gone: readonly (TokenOfCustomer & { readonly place: ChangePlace })[];
  /** Who has a token again that was gone. */
  readonly back: readonly TokenOfCustomer[];
  readonly counts: readonly CountChange[];
  /** Events that changed something; the others were stale. */
  readonly effective: ReadonlySet<DomainEvent>;
}
