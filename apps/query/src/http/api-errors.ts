import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { EVERY_ANSWER, header } from './api-headers.js';

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
  410: {
    meaning: '`after` is of another lineage, or of a caller who may see other customers: begin again without it.',
    error: 'Gone',
    message:
      'after is no longer valid, because it was given to a caller who may see other customers than you may now: begin again without it, and remove every token that the new answers do not bring.',
  },
  413: {
    meaning:
      'The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. Or the body of the request has more than 256 KB.',
    error: 'Payload Too Large',
    message: 'The answer has 20971520 bytes but this service answers at most 16777216; ask again with a lower limit.',
  },
  415: {
    meaning: 'The body is no `application/json`.',
    error: 'Unsupported Media Type',
    message: 'The request body must be JSON: send the header "Content-Type: application/json".',
  },
  429: {
    meaning:
      'The caller has sent more requests than `RATE_LIMIT_REQUESTS` allows, or too many of its requests wait for changes, or too many of its exports ' +
      'run; `Retry-After` says when to try again.',
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

const RETRY_AFTER = { 'Retry-After': header('Seconds to wait.', 'integer') };

/** The errors of a request; each may have a 429, too. */
export function ApiErrors(...statuses: (keyof typeof ERROR_EXAMPLES)[]): MethodDecorator {
  return applyDecorators(
    ...[...statuses, 429].map((status) => {
      const { meaning, ...body } = ERROR_EXAMPLES[status]!;
      const example = { statusCode: status, ...body, requestId: '7d3f0b9e-2f2e-4f0e-8a51-0a3d1c5f3b61' };
      return ApiResponse({
        status,
        description: meaning,
        headers: { ...EVERY_ANSWER, ...(status === 503 || status === 429 ? RETRY_AFTER : {}) },
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
      });
    }),
  );
}
