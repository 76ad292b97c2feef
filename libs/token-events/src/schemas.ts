import { TOKEN_TYPES, type EventType } from './events.js';
import { MAX_CHARACTERS } from './text-bounds.js';

/**
 * JSON Schemas of every event's `data`, as published in the AsyncAPI document and as enforced by `decode`.
 * Unknown fields are allowed everywhere: a producer may add some. Two formats are ours: `instant` (RFC 3339 with a zone)
 * and `storable-text` (no NUL character, no lone surrogate: PostgreSQL can hold neither).
 */
const id = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
const text = (maxLength: number) => ({ type: 'string', format: 'storable-text', maxLength }) as const;
const instant = { type: 'string', format: 'instant' } as const;
const orNull = (schema: { type: string }) => ({ ...schema, type: [schema.type, 'null'] });

const tokenState = {
  type: 'object',
  required: [
    'id',
    'version',
    'customerId',
    'identifier',
    'createdAt',
    'updatedAt',
    'validFrom',
    'expiresAt',
    'isActive',
    'roamingEnabled',
    'priorityChargingEnabled',
    'billingReference',
    'comment',
  ],
  properties: {
    id,
    version: id,
    customerId: id,
    identifier: {
      type: 'object',
      required: ['type', 'uid', 'label', 'appUserId'],
      properties: {
        type: { type: 'string', enum: TOKEN_TYPES },
        uid: { ...text(MAX_CHARACTERS.uid), minLength: 1 },
        label: orNull(text(MAX_CHARACTERS.label)),
        appUserId: orNull(id),
      },
    },
    createdAt: instant,
    updatedAt: instant,
    validFrom: instant,
    expiresAt: orNull(instant),
    isActive: { type: 'boolean' },
    roamingEnabled: { type: 'boolean' },
    priorityChargingEnabled: { type: 'boolean' },
    billingReference: orNull(text(MAX_CHARACTERS.billingReference)),
    comment: orNull(text(MAX_CHARACTERS.comment)),
  },
} as const;

const membershipChange = {
  type: 'object',
  required: ['tokenGroupId', 'version', 'tokenIds'],
  properties: {
    tokenGroupId: id,
    version: id,
    tokenIds: { type: 'array', minItems: 1, maxItems: 1000, items: id },
  },
} as const;

const groupDeletion = {
  type: 'object',
  required: ['tokenGroupId', 'version'],
  properties: { tokenGroupId: id, version: id },
} as const;

const erasure = { type: 'object', required: ['id', 'version'], properties: { id, version: id } } as const;

export const DATA_SCHEMAS: Readonly<Record<EventType, object>> = {
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
