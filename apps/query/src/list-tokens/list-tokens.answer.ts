import type { Answer } from '#service-runtime/answer.js';
import { readHeaders } from '../reading/read-headers.js';
import type { TokenPage } from './list-tokens.query.js';

/** @param link the header `Link` of this door, if it has one */
export function answerOfPage({ json, count, state, links }: TokenPage, link?: string): Answer {
  const { next } = links;
  const pages = {
    ...(link === undefined ? {} : { Link: link }),
    ...(next === undefined ? {} : { 'X-Next-Cursor': next }),
  };
  return { json, headers: { ...readHeaders(state), 'X-Total-Count': count, ...pages } };
}
