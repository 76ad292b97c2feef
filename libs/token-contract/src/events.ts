import type { Instant } from './instant.js';
import { boolean, id, instant, orNull, record, text, type FromSchema, type JsonSchema } from './json-schema.js';

/*
 * This file alone defines every field of an event's data: the types, the checks of `decode` and the fields it keeps, the AsyncAPI document
 * and the API's description of a token all follow from these schemas.
 */

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

export const TOKEN_TYPES = ['rfid', 'virtual', 'vehicleId'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** The thing that a driver carries: an RFID card, an app token made by the platform, or a vehicle's own id. */
const identifier = record({
  type: { type: 'string', enum: TOKEN_TYPES },
  uid: { ...text('uid'), minLength: 1 },
  label: orNull(text('label')),
  appUserId: orNull(id),
});
export type Identifier = FromSchema<typeof identifier>;

/** A token's whole state after a change. A higher version replaces a lower one. */
export const tokenState = record({
  id,
  version: id,
  customerId: id,
  identifier,
  createdAt: instant,
  updatedAt: instant,
  validFrom: instant,
  /** null: never expires. */
  expiresAt: orNull(instant),
  isActive: boolean,
  roamingEnabled: boolean,
  priorityChargingEnabled: boolean,
  billingReference: orNull(text('billingReference')),
  comment: orNull(text('comment')),
});
export type TokenState = FromSchema<typeof tokenState>;

/** Tokens that enter or leave a group; `version` rises per group. */
const membershipChange = record({
  tokenGroupId: id,
  version: id,
  tokenIds: { type: 'array', minItems: 1, maxItems: 1000, items: id },
});
export type MembershipChange = FromSchema<typeof membershipChange>;

const groupDeletion = record({ tokenGroupId: id, version: id });
export type GroupDeletion = FromSchema<typeof groupDeletion>;

/** The token's row and personal data are removed; no event of this version or a lower one brings them back. */
const erasure = record({ id, version: id });
export type Erasure = FromSchema<typeof erasure>;

/** The schema of `data` for every event type. */
export const DATA_SCHEMAS: Readonly<Record<EventType, JsonSchema>> = {
  'token.created': tokenState,
  'token.updated': tokenState,
  'token.activated': tokenState,
  'token.deactivated': tokenState,
  'token.deleted': tokenState,
  'token-group.tokens-added': membershipChange,
  'token-group.tokens-removed': membershipChange,
  'token-group.deleted': groupDeletion,
  'token.erased': erasure,
};

interface Occurrence {
  /** The CloudEvents `id`. */
  readonly eventId: string;
  /** The CloudEvents `time`. */
  readonly time: Instant;
  /** The CloudEvents extension `traceparent`, unchecked. */
  readonly traceparent?: string | undefined;
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
