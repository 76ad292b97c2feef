import type { TokenDocument } from '#token-read-model/document.js';
import { tokenState } from '#token-contract/events.js';
import { TOKEN_STATUSES } from '../list-tokens/token-status.js';
import { described, id, record, type JsonSchema } from '#token-contract/json-schema.js';

const { version: _version, ...stateFields } = tokenState.properties;

const token = record({
  ...asAnswered(record(stateFields)).properties,
  tokenGroupIds: described('The groups that the token belongs to, ascending.', { type: 'array', items: id }),
});

export const EXAMPLE_AFTER =
  'J1m3c4f0yq0nVbq8a0nTpzVkTkZxVlJ3Q0V3b2hSN0VQZ2JhMyA2ZTJiNmE1ZS0zZjJjLTRkNWUtOWE0YyAxMjAgMCA2Nzg5MQ';

/** The schemas to which the API's description refers. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Token: token,
  TokenPage: record({
    data: described('The tokens of the page, in the order asked for.', {
      type: 'array',
      items: { $ref: '#/components/schemas/Token' },
    }),
    count: { type: 'integer', minimum: 0, description: 'Tokens that match the filters, whatever offset and limit.' },
  }),
  ResolvedTokens: record({
    data: {
      type: 'array',
      description: 'One for each uid and label, in the order asked for.',
      items: {
        type: 'object',
        required: ['status', 'token'],
        properties: {
          uid: { type: 'string', description: 'As asked for.' },
          label: { type: 'string', description: 'As asked for, in place of `uid`.' },
          status: {
            type: 'string',
            enum: [...TOKEN_STATUSES, 'unknown'],
            description: 'Whether the token may charge at that moment. `unknown`: you see no such token.',
          },
          token: {
            description: 'null if it is unknown.',
            anyOf: [{ $ref: '#/components/schemas/Token' }, { type: 'null' }],
          },
        },
      },
    },
  }),
  ChangesPage: record({
    data: { type: 'array', description: 'The next changes, in order.', items: { $ref: '#/components/schemas/Change' } },
    after: { type: 'string', description: 'Where to go on: send it as `after`.' },
  }),
  Change: record({
    position: {
      type: 'integer',
      minimum: 0,
      description: 'Stream sequence of the event that made the token what it is.',
    },
    id: { ...id, description: 'The id of the token.' },
    change: {
      type: 'string',
      enum: ['changed', 'erased', 'left'],
      description: '`left`: the token belongs to a customer whom you may not see.',
    },
    token: {
      description: 'The token as it is now; null if it is erased or has left.',
      anyOf: [{ $ref: '#/components/schemas/Token' }, { type: 'null' }],
    },
  }),
  Error: {
    type: 'object',
    required: ['statusCode', 'error', 'message', 'requestId'],
    properties: {
      statusCode: { type: 'integer', description: 'The HTTP status, also over NATS.' },
      error: { type: 'string', description: 'The name of the status.' },
      message: { type: 'string', description: 'One sentence a caller can act on.' },
      details: {
        type: 'array',
        description: 'What is wrong with which parameter.',
        items: record({
          param: { type: 'string', description: 'The name of the parameter, as it was sent.' },
          message: { type: 'string', description: 'What is wrong with it, and what is allowed.' },
        }),
      },
      requestId: { type: 'string', description: 'Names the request in every log line about it.' },
    },
  },
};

/**
 * A field of an event as the API answers it: times are in the standard's format, and the limits on text length are rules for publishers
 * only.
 */
function asAnswered(field: JsonSchema): JsonSchema {
  const { properties, format, minLength: _least, maxLength: _most, ...rest } = field;
  if (properties)
    return {
      ...rest,
      ...record(Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, asAnswered(of)]))),
    };
  return format === 'instant' ? { ...rest, format: 'date-time' } : rest;
}

export const EXAMPLE_TOKEN: TokenDocument = {
  id: 67890,
  customerId: 67890,
  identifier: { type: 'rfid', uid: 'A7E942F1C8D036B5A429', label: 'DK.SPI.V03198', appUserId: 12345 },
  createdAt: '2025-06-03T12:00:00.000Z',
  updatedAt: '2025-06-03T12:00:00.000Z',
  validFrom: '2025-06-03T12:00:00.000Z',
  expiresAt: '2025-12-31T23:59:59.999Z',
  isActive: true,
  roamingEnabled: true,
  priorityChargingEnabled: true,
  billingReference: 'Bil 246',
  comment: 'This is a comment',
  tokenGroupIds: [1, 2, 5],
};
