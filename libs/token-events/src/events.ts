import type { Instant } from './instant.js';

export const TOKEN_TYPES = ['rfid', 'virtual', 'vehicleId'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

export const TOKEN_STATE_EVENTS = [
  'token.created',
  'token.updated',
  'token.activated',
  'token.deactivated',
  'token.deleted',
] as const;
export const MEMBERSHIP_EVENTS = ['token-group.tokens-added', 'token-group.tokens-removed'] as const;

/** Every event type this product understands; any other type is skipped. */
export const EVENT_TYPES = [
  ...TOKEN_STATE_EVENTS,
  ...MEMBERSHIP_EVENTS,
  'token-group.deleted',
  'token.erased',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What a driver holds: an RFID card, a platform-made app token or a vehicle's own id. */
export interface Identifier {
  readonly type: TokenType;
  readonly uid: string;
  readonly label: string | null;
  readonly appUserId: number | null;
}

/** A token's whole state after a change. Ids and `version` are safe integers >= 1; a higher version supersedes a lower one. */
export interface TokenState {
  readonly id: number;
  readonly version: number;
  readonly customerId: number;
  readonly identifier: Identifier;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly validFrom: Instant;
  /** null: never expires. */
  readonly expiresAt: Instant | null;
  readonly isActive: boolean;
  readonly roamingEnabled: boolean;
  readonly priorityChargingEnabled: boolean;
  readonly billingReference: string | null;
  readonly comment: string | null;
}

/** 1 to 1,000 tokens enter or leave a group; `version` rises per group. */
export interface MembershipChange {
  readonly tokenGroupId: number;
  readonly version: number;
  readonly tokenIds: readonly number[];
}

export interface GroupDeletion {
  readonly tokenGroupId: number;
  readonly version: number;
}

/** The token's row and personal data go; nothing of this version or a lower one brings them back. */
export interface Erasure {
  readonly id: number;
  readonly version: number;
}

interface Occurrence {
  /** The CloudEvents `id`. */
  readonly eventId: string;
  /** The CloudEvents `time`. */
  readonly time: Instant;
}

export interface TokenStateEvent extends Occurrence {
  readonly type: (typeof TOKEN_STATE_EVENTS)[number];
  readonly data: TokenState;
}
export interface MembershipEvent extends Occurrence {
  readonly type: (typeof MEMBERSHIP_EVENTS)[number];
  readonly data: MembershipChange;
}
interface GroupDeletedEvent extends Occurrence {
  readonly type: 'token-group.deleted';
  readonly data: GroupDeletion;
}
interface TokenErasedEvent extends Occurrence {
  readonly type: 'token.erased';
  readonly data: Erasure;
}

export type DomainEvent = TokenStateEvent | MembershipEvent | GroupDeletedEvent | TokenErasedEvent;
