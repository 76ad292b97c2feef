import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { EVENT_STREAM } from '../follow-changes/event-stream.js';
import { CSV, NDJSON } from '../export-tokens/export-format.js';
import { always, EVERY_ANSWER, header } from './api-headers.js';
import { EXAMPLE_AFTER, EXAMPLE_TOKEN } from './api-schemas.js';

const READ_HEADERS = {
  ...EVERY_ANSWER,
  'X-Read-Position': always(header('Stream sequence the answer was read at.')),
  'X-Read-Lag-Ms': always(
    header('Milliseconds since the read model was last known to hold everything the stream held.', 'integer'),
  ),
  'X-Read-Stale': header('Only while the read model is not kept up to date: what happened to its stream.'),
};

/** Of answers that a caller may have already. */
const TAG_HEADER = {
  ETag: header(
    'Names this answer: send it as `If-None-Match`. Not with `status`, whose answers change as time passes, nor while the read model is that ' +
      'of an older release.',
  ),
};

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

/** The request header for callers who have an answer, and the answer to them. */
export function ApiUnchanged(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description:
        'The `ETag` of the answers that you have: 304 without a body if one of them is what you would get now.',
      schema: { type: 'string' },
    }),
    ApiResponse({
      status: 304,
      description: 'What you have is what you would get now.',
      headers: { ...READ_HEADERS, ...TAG_HEADER },
    }),
  );
}

export function ApiListAnswer(): MethodDecorator {
  return ApiResponse({
    status: 200,
    description:
      'One page of the tokens that match; with `Accept: application/x-ndjson` or `text/csv` all of them, of one state of the read model. An ' +
      'export that fails in the middle ends without the last chunk.',
    headers: {
      ...READ_HEADERS,
      ...TAG_HEADER,
      'X-Total-Count': header('Same as `count`.', 'integer'),
      Link: header(
        'The pages beside this one, by cursor (RFC 8288): `rel="next"`, `rel="prev"` and `rel="first"`, relative to the host. Left out, from the last on, where the URL is so long that they would have more than 8 KB.',
      ),
      'X-Next-Cursor': header('The `cursor` of the next page; left out where there is none.'),
      'Content-Disposition': header('Of an export only: a name for the file.'),
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

export function ApiLastEventId(): MethodDecorator {
  return ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description:
      'With `Accept: text/event-stream`: the id of the last event, in place of `after`. Browsers send it when they connect again.',
    schema: { type: 'string' },
  });
}

export function ApiChangesAnswer(): MethodDecorator {
  return ApiResponse({
    status: 200,
    description:
      'The next changes, in order. None: you have everything up to `X-Read-Position`. With `Accept: text/event-stream` an answer without end: ' +
      'events `changes` and `complete`, each with the `after` to go on from as its id, and `error` as the last one.',
    headers: READ_HEADERS,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ChangesPage' },
        example: {
          data: [
            { position: 118, id: 67890, change: 'changed', token: EXAMPLE_TOKEN },
            { position: 120, id: 67891, change: 'left', token: null },
          ],
          after: EXAMPLE_AFTER,
        },
      },
      [EVENT_STREAM]: {
        schema: { type: 'string', description: 'Server-sent events.' },
        example: `event: complete\nid: ${EXAMPLE_AFTER}\ndata: {"position":120}\n\n`,
      },
    },
  });
}

export function ApiTokenAnswer(): MethodDecorator {
  return ApiResponse({
    status: 200,
    description: 'The token.',
    headers: { ...READ_HEADERS, ...TAG_HEADER },
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Token' }, example: EXAMPLE_TOKEN } },
  });
}

export function ApiResolvedAnswer(): MethodDecorator {
  return ApiResponse({
    status: 200,
    description: 'The token of every uid, then of every label, in the order of the request.',
    headers: READ_HEADERS,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ResolvedTokens' },
        example: {
          data: [
            { uid: 'a7:e9:42:f1:c8:d0:36:b5:a4:29', status: 'usable', token: EXAMPLE_TOKEN },
            { label: 'DK.SPI.V99999', status: 'unknown', token: null },
          ],
        },
      },
    },
  });
}
