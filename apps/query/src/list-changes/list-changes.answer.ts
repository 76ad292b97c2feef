import type { Answer } from '#service-runtime/answer.js';
import { readHeaders } from '../reading/read-headers.js';
import type { ChangesPage } from './list-changes.query.js';

export function answerOfChanges({ json, state }: ChangesPage): Answer {
  return { json, headers: readHeaders(state) };
}
