import type { Answer } from '#service-runtime/answer.js';
import { readHeaders } from '../reading/read-headers.js';
import type { TokenPage } from './list-tokens.query.js';

/** @param links the headers by which this door names the pages beside this one */
export function answerOfPage({ json, count, state }: TokenPage, links: Readonly<Record<string, string>>): Answer {
  return { json, headers: { ...readHeaders(state), 'X-Total-Count': count, ...links } };
}
