import type { Answer } from '#service-runtime/answer.js';
import { readHeaders } from '../reading/read-headers.js';
import type { TokenPage } from './list-tokens.query.js';

export function answerOfPage({ json, count, state }: TokenPage): Answer {
  return { json, headers: { ...readHeaders(state), 'X-Total-Count': count } };
}
