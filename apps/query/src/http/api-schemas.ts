import { tokenState } from '#token-events/events.js';
import { id, record, type JsonSchema } from '#token-events/json-schema.js';

const { version: _version, ...stateFields } = tokenState.properties;

const token = record({ ...asAnswered(record(stateFields)).properties, tokenGroupIds: { type: 'array', items: id } });

/** The schemas to which the API's description refers. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Token: token,
  TokenPage: record({
    data: { type: 'array', items: { $ref: '#/components/schemas/Token' } },
    count: { type: 'integer', minimum: 0, description: 'Tokens that match the filters, whatever offset and limit.' },
  }),
  Error: {
    type: 'object',
    required: ['statusCode', 'error', 'message', 'requestId'],
    properties: {
      statusCode: { type: 'integer' },
      error: { type: 'string' },
      message: { type: 'string', description: 'One sentence a caller can act on.' },
      details: {
        type: 'array',
        items: record({ param: { type: 'string' }, message: { type: 'string' } }),
      },
      requestId: { type: 'string' },
    },
  },
};

/** A field of an event as the API answers it: times are in the standard's format, and the bounds of texts are rules for publishers only. */
function asAnswered(field: JsonSchema): JsonSchema {
  const { properties, format, minLength: _least, maxLength: _most, ...rest } = field;
  if (properties)
    return record(Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, asAnswered(of)])));
  return format === 'instant' ? { ...rest, format: 'date-time' } : rest;
}
