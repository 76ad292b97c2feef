import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { CSV, NDJSON } from '../export-tokens/export-format.js';
import { EXAMPLE_TOKEN } from './api-schemas.js';

const header = (description: string, type = 'string') => ({ description, schema: { type } });

const RATE_HEADERS = {
  'RateLimit-Limit': header('With `RATE_LIMIT_REQUESTS`: how many requests the caller may send.', 'integer'),
  'RateLimit-Remaining': header('With `RATE_LIMIT_REQUESTS`: how many of them are left.', 'integer'),
  'RateLimit-Reset': header('With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again.', 'integer'),
  'RateLimit-Policy': header('With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`.'),
};

const READ_HEADERS = {
  'X-Request-Id': header('The id of this request, in every log line about it.'),
  'X-Read-Position': header('Stream sequence the answer was read at.'),
  'X-Read-Lag-Ms': header(
    'Milliseconds since the read model was last known to hold everything the stream held.',
    'integer',
  ),
  ...RATE_HEADERS,
  'X-Read-Stale': header('Only while the read model is not kept up to date: what happened to its stream.'),
};

const ERROR_EXAMPLES: Readonly<
  Record<
    number,
    { readonly meaning: string; readonly error: string; readonly message: string; readonly details?: object[] }
  >
> = {
  400: {
    meaning: 'A parameter is unknown, given twice, empty or wrong.',
    error: 'Bad Request',
    message: 'limit must be an integer from 1 to 1000, found "0".',
    details: [{ param: 'limit', message: 'must be an integer from 1 to 1000, found "0"' }],
  },
  403: {
    meaning: 'The JWT is missing or invalid, or does not allow the customer asked for.',
    error: 'Forbidden',
    message: 'A JWT is required: send the header "Authorization: Bearer <token>".',
  },
  404: {
    meaning: "There is no such token in the caller's scope.",
    error: 'Not Found',
    message: 'There is no token 67890.',
  },
  413: {
    meaning: 'The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`.',
    error: 'Payload Too Large',
    message: 'The answer has 20971520 bytes but this service answers at most 16777216; ask again with a lower limit.',
  },
  429: {
    meaning:
      'The caller has sent more requests than `RATE_LIMIT_REQUESTS` allows; `Retry-After` says when to try again.',
    error: 'Too Many Requests',
    message: 'You have sent more than 100 requests in 60 seconds; try again in 12 seconds.',
  },
  500: {
    meaning: 'Something unforeseen.',
    error: 'Internal Server Error',
    message: 'Something unforeseen went wrong; quote the requestId when you report it.',
  },
  503: {
    meaning: 'The database is away, or more is asked than can be answered; `Retry-After` says when to try again.',
    error: 'Service Unavailable',
    message: 'The database is not reachable at the moment; try again in 2 seconds.',
  },
};

export function ApiErrors(...statuses: (keyof typeof ERROR_EXAMPLES)[]): MethodDecorator {
  return applyDecorators(
    ...[...statuses, 429].map((status) => {
      const { meaning, ...body } = ERROR_EXAMPLES[status]!;
      const example = { statusCode: status, ...body, requestId: '7d3f0b9e-2f2e-4f0e-8a51-0a3d1c5f3b61' };
      return ApiResponse({
        status,
        description: meaning,
        headers: status === 503 || status === 429 ? { 'Retry-After': header('Seconds to wait.', 'integer') } : {},
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
      });
    }),
  );
}

/** The largest number below 2^63 that JSON in JavaScript can write. */
const LARGEST_SEQUENCE = 9_223_372_036_854_774_784;

export function ApiMinPosition(): MethodDecorator {
  return ApiHeader({
    name: 'X-Min-Position',
    required: false,
    description:
      'The answer holds the events up to this stream sequence at least: send the sequence of an event that you have published to ' +
      'read your own write. 503 when the read model does not reach it within two seconds.',
    schema: { type: 'integer', minimum: 0, maximum: LARGEST_SEQUENCE },
  });
}

export function ApiListAnswer(): MethodDecorator {
  return ApiResponse({
    status: 200,
    description:
      'One page of the tokens that match; with `Accept: application/x-ndjson` or `text/csv` all of them, of one state of the read model. An ' +
      'export that fails in the middle ends without the last chunk.',
    headers: {
      ...READ_HEADERS,
      'X-Total-Count': header('Same as `count`.', 'integer'),
      'Content-Disposition': header('Of an export only: a name for the file.'),
      Link: header('The pages beside this one, by cursor (RFC 8288): `rel="next"`, `rel="prev"` and `rel="first"`.'),
    },
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/TokenPage' },
        example: { data: [EXAMPLE_TOKEN], count: 1 },
      },
      [NDJSON.mediaType]: {
        schema: { type: 'string', description: 'A token object on each line.' },
        example: NDJSON.textOf([JSON.stringify(EXAMPLE_TOKEN)]),
      },
      [CSV.mediaType]: {
        schema: { type: 'string', description: 'RFC 4180, with a line for the names of the columns.' },
        example: CSV.header + CSV.textOf([JSON.stringify(EXAMPLE_TOKEN)]),
      },
    },
  });
}

export function ApiTokenAnswer(): MethodDecorator {
  return ApiResponse({
    status: 200,
    description: 'The token.',
    headers: READ_HEADERS,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Token' }, example: EXAMPLE_TOKEN } },
  });
}
