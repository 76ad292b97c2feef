import type { Instant } from './instant.js';
import {
  boolean,
  described,
  id,
  instant,
  orNull,
  record,
  text,
  type FromSchema,
  type JsonSchema,
} from './json-schema.js';

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
  type: described('An RFID card, an app token made by the platform, or a vehicle that identifies itself.', {
    type: 'string',
    enum: TOKEN_TYPES,
  }),
  uid: described(
    'What a reader reads: the bytes of a card in hex, the id of an app token, or the MAC address or VIN of a vehicle.',
    {
      ...text('uid'),
      minLength: 1,
    },
  ),
  label: described('What is printed on the card, or another name for people; null: none.', orNull(text('label'))),
  appUserId: described('The user of the app to whom the token belongs; null: nobody.', orNull(id)),
});
export type Identifier = FromSchema<typeof identifier>;

/** A token's whole state after a change. A higher version replaces a lower one. */
export const tokenState = record({
  id: described('The id of the token.', id),
  version: described('Rises with every change of the token; gaps are allowed.', id),
  customerId: described('The customer who owns the token.', id),
  identifier: described('By what a charging station knows the token.', identifier),
  createdAt: described('When the token was created.', instant),
  updatedAt: described('When the token changed last.', instant),
  validFrom: described('The token is valid from this instant on.', instant),
  expiresAt: described('From this instant on the token is expired; null: it never expires.', orNull(instant)),
  isActive: described('Whether the token may be used at all; false also for a deleted one.', boolean),
  roamingEnabled: described('Whether the token may be used in the networks of others.', boolean),
  priorityChargingEnabled: described('Whether its charging comes before that of others.', boolean),
  billingReference: described("The customer's own reference for bills; null: none.", orNull(text('billingReference'))),
  comment: described('A comment of the customer; null: none.', orNull(text('comment'))),
});
export type TokenState = FromSchema<typeof tokenState>;

/** Tokens that enter or leave a group; `version` rises per group. */
const membershipChange = record({
  tokenGroupId: described('The id of the group.', id),
  version: described('Rises with every change of the group; gaps are allowed.', id),
  tokenIds: described('The tokens that enter or leave the group.', {
    type: 'array',
    minItems: 1,
    maxItems: 1000,
    items: id,
  }),
});
export type MembershipChange = FromSchema<typeof membershipChange>;

const groupDeletion = record({
  tokenGroupId: described('The id of the group.', id),
  version: described('Higher than that of every change of the group before.', id),
});
export type GroupDeletion = FromSchema<typeof groupDeletion>;

/** The token's row and personal data are removed; no event of this version or a lower one brings them back. */
const erasure = record({
  id: described('The id of the token.', id),
  version: described('Events of the token with this version or a lower one have no effect any more.', id),
});
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
