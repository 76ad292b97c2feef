import { randomUUID } from 'node:crypto';
import type { Erasure, GroupDeletion, Identifier, MembershipChange, TokenState } from '#token-contract/events.js';

/** A CloudEvent as it is published. The types are loose on purpose: tests send wrong events too. */
export interface CloudEvent {
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly data: object;
}

/** Attributes of the envelope that a test may set. */
export type Attributes = Partial<Omit<CloudEvent, 'type' | 'data'>>;

export type TokenChange = Partial<Omit<TokenState, 'identifier'>> & { readonly identifier?: Partial<Identifier> };

type TokenEventType = 'token.created' | 'token.updated' | 'token.activated' | 'token.deactivated' | 'token.deleted';

const NOON = '2025-06-03T12:00:00.000Z';
let lastId = 0;

/** A token that is valid now. Ids rise from 1 in every test file. */
export function aTokenState({ identifier, ...change }: TokenChange = {}): TokenState {
  const id = change.id ?? (lastId += 1);
  return {
    id,
    version: 1,
    customerId: 1,
    identifier: {
      type: 'rfid',
      uid: `04${id.toString(16).toUpperCase().padStart(12, '0')}`,
      label: `DK.SPI.${String(id).padStart(7, '0')}`,
      appUserId: null,
      ...identifier,
    },
    createdAt: NOON,
    updatedAt: NOON,
    validFrom: NOON,
    expiresAt: null,
    isActive: true,
    roamingEnabled: true,
    priorityChargingEnabled: false,
    billingReference: null,
    comment: null,
    ...change,
  };
}

/** The event's time is the token's `updatedAt`, unless the attributes give another one. */
export function aTokenEvent(type: TokenEventType, change: TokenChange = {}, attributes: Attributes = {}): CloudEvent {
  const state = aTokenState(change);
  return cloudEvent(type, state, { time: state.updatedAt, ...attributes });
}

export function aMembershipEvent(
  type: 'token-group.tokens-added' | 'token-group.tokens-removed',
  change: Partial<MembershipChange> & Pick<MembershipChange, 'tokenIds'>,
  attributes?: Attributes,
): CloudEvent {
  return cloudEvent(type, { tokenGroupId: 1, version: 1, ...change }, attributes);
}

export function aGroupDeletion(change: Partial<GroupDeletion> = {}, attributes?: Attributes): CloudEvent {
  return cloudEvent('token-group.deleted', { tokenGroupId: 1, version: 1, ...change }, attributes);
}

export function anErasure(change: Partial<Erasure> & Pick<Erasure, 'id'>, attributes?: Attributes): CloudEvent {
  return cloudEvent('token.erased', { version: 1, ...change }, attributes);
}

/** Any event, with types and data that this product need not know. */
export function cloudEvent(type: string, data: object, attributes: Attributes = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/token-service',
    type,
    time: NOON,
    datacontenttype: 'application/json',
    ...attributes,
    data,
  };
}
