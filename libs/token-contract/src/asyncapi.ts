import { DATA_SCHEMAS, EVENT_TYPES, type EventType } from './events.js';
import type { JsonSchema } from './json-schema.js';
import { MAX_CHARACTERS } from './text-bounds.js';

const DESCRIPTION = `The requests that this product answers over NATS, and the events from which this product makes the list of charging tokens. The token service publishes them to a
JetStream stream; this product only reads them.

Events are CloudEvents 1.0 in JSON. In structured mode, shown here, the message body is the whole event. In binary mode the
attributes are \`ce-*\` message headers, percent-encoded, and the body is only \`data\`. Unknown attributes and unknown fields
in \`data\` are ignored; an event with an unknown \`type\` is skipped. The length of a text is its number of Unicode code points.

The list depends only on the set of events. Order, duplicates and the division into batches do not matter, because the highest
\`version\` wins for each token, for each pair of group and token, and for each group. The projector stores an event that does
not match its schema as a dead letter, and applies the other events.

This product defines two formats: \`instant\` is an RFC 3339 date-time with a zone, in the years 0001 to 9999 (UTC), without
leap seconds; \`storable-text\` is a text without NUL characters and lone surrogates.`;

const SUMMARIES: Readonly<Record<EventType, string>> = {
  'token.created': 'A token was created.',
  'token.updated': 'A token changed: any field, including its customer.',
  'token.activated': 'A token was activated.',
  'token.deactivated': 'A token was deactivated.',
  'token.deleted': 'A token was deleted. It stays in the list with `isActive: false`, even if the event says `true`.',
  'token-group.tokens-added': 'Tokens became members of a group. A membership may come before its token.',
  'token-group.tokens-removed': 'Tokens are no longer members of a group.',
  'token-group.deleted': 'A group was deleted. Every membership with a lower version ends permanently.',
  'token.erased':
    'The row and its personal data are removed. No event with this version or a lower one brings them back.',
};

/** One name for each distinct schema of `data`. */
const DATA_SCHEMA_NAMES: ReadonlyMap<JsonSchema, string> = new Map([
  [DATA_SCHEMAS['token.created'], 'tokenState'],
  [DATA_SCHEMAS['token-group.tokens-added'], 'membershipChange'],
  [DATA_SCHEMAS['token-group.deleted'], 'groupDeletion'],
  [DATA_SCHEMAS['token.erased'], 'erasure'],
]);

const EXAMPLES: Readonly<Record<string, object>> = {
  tokenState: {
    id: 67890,
    version: 7,
    customerId: 67890,
    identifier: { type: 'rfid', uid: 'A7E942F1C8D036B5A429', label: 'DK.SPI.V03198', appUserId: 12345 },
    createdAt: '2025-06-03T12:00:00.000Z',
    updatedAt: '2025-06-03T12:00:00.000Z',
    validFrom: '2025-06-03T12:00:00.000Z',
    expiresAt: null,
    isActive: true,
    roamingEnabled: true,
    priorityChargingEnabled: false,
    billingReference: null,
    comment: null,
  },
  membershipChange: { tokenGroupId: 5, version: 3, tokenIds: [67890, 67891] },
  groupDeletion: { tokenGroupId: 5, version: 4 },
  erasure: { id: 67890, version: 8 },
};

const attribute = {
  type: 'string',
  format: 'storable-text',
  minLength: 1,
  maxLength: MAX_CHARACTERS.attribute,
} as const;

/** The attributes every event must have; the schema of `data` depends on the type. */
const cloudEvent = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'time', 'data'],
  properties: {
    specversion: { type: 'string', const: '1.0' },
    id: attribute,
    source: attribute,
    type: { type: 'string', minLength: 1, maxLength: MAX_CHARACTERS.attribute },
    time: { type: 'string', format: 'instant' },
    traceparent: {
      description:
        'W3C Trace Context: the trace of the change, by which its log lines are found. A malformed one is ignored.',
    },
  },
} as const;

/**
 * The AsyncAPI 3.0 document of the event contract. Its schemas of `data` are the same objects that `decode` enforces.
 * @param version of the product
 * @param requests the parts of the requests that the product answers over NATS
 */
export function asyncApiDocument(
  version: string,
  requests: Readonly<Partial<Record<'channels' | 'operations' | 'messages' | 'schemas', object>>> = {},
): object {
  const channel = { $ref: '#/channels/tokenEvents' };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Charging tokens: events and requests over NATS', version, description: DESCRIPTION },
    defaultContentType: 'application/json',
    channels: {
      tokenEvents: {
        address: 'tokens.events.>',
        description:
          'The subjects of the stream. The projector does not interpret the part after `tokens.events.`, except under a limit of messages per subject.',
        messages: forEveryType((type) => ({ $ref: `#/components/messages/${componentName(type)}` })),
      },
      ...requests.channels,
    },
    operations: {
      projectTokenEvents: {
        action: 'receive',
        summary: 'The projector reads every event in stream order and applies it.',
        channel,
      },
      ...requests.operations,
    },
    components: {
      messages: { ...forEveryType(message), ...requests.messages },
      schemas: {
        cloudEvent,
        ...Object.fromEntries(Array.from(DATA_SCHEMA_NAMES, ([schema, name]) => [name, schema])),
        ...requests.schemas,
      },
    },
  };
}

function message(type: EventType): object {
  const schema = DATA_SCHEMA_NAMES.get(DATA_SCHEMAS[type]);
  if (schema === undefined) throw new Error(`give the schema of ${type} a name in DATA_SCHEMA_NAMES`);
  const ofType = { properties: { type: { const: type }, data: { $ref: `#/components/schemas/${schema}` } } };
  const example = {
    specversion: '1.0',
    id: `0f8a6c1e-${type}`,
    source: '/token-service',
    type,
    time: '2025-06-03T12:00:00.000Z',
    datacontenttype: 'application/json',
    data: EXAMPLES[schema],
  };
  return {
    name: type,
    summary: SUMMARIES[type],
    payload: { allOf: [{ $ref: '#/components/schemas/cloudEvent' }, ofType] },
    examples: [{ payload: example }],
  };
}

function forEveryType<T>(make: (type: EventType) => T): Record<string, T> {
  return Object.fromEntries(EVENT_TYPES.map((type) => [componentName(type), make(type)]));
}

/** `token-group.tokens-added` becomes `tokenGroupTokensAdded`. */
function componentName(type: EventType): string {
  return type.replaceAll(/[.-]\w/g, (found) => found.slice(1).toUpperCase());
}
