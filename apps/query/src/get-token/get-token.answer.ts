import type { Answer } from '#service-runtime/answer.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { readHeaders } from '../reading/read-headers.js';
import type { FoundToken } from './get-token.query.js';
import type { GetTokenRequest } from './get-token.request.js';

/** @throws {ServiceError} 400 when there is no id */
export function requestedId({ id }: GetTokenRequest): number {
  if (id === undefined) {
    const message = 'is missing: say which token you want';
    throw new ServiceError(400, `id ${message}.`, { details: [{ param: 'id', message }] });
  }
  return id;
}

export function answerOfToken({ json, state }: FoundToken): Answer {
  return { json, headers: readHeaders(state) };
}
