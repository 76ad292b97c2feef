import type { Answer } from '#service-runtime/answer.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { readHeaders } from '../reading/read-headers.js';
import type { AskedIdentifier, ResolvedTokens } from './resolve-tokens.query.js';
import { MOST_IDENTIFIERS, type ResolveTokensRequest } from './resolve-tokens.request.js';

/** The uids, then the labels. @throws {ServiceError} 400 when neither is given, or too many together */
export function askedIdentifiers({ uids, labels }: ResolveTokensRequest): AskedIdentifier[] {
  if (!uids && !labels) throw refusal('uids', 'is missing: send uids, labels or both');
  const all = [...asked('uid', uids), ...asked('label', labels)];
  if (all.length <= MOST_IDENTIFIERS) return all;
  const found = `found ${uids?.length ?? 0} and ${labels?.length ?? 0}: send the rest in another request`;
  throw refusal('labels', `and uids must be at most ${MOST_IDENTIFIERS} together, ${found}`);
}

export function answerOfResolved({ json, state }: ResolvedTokens): Answer {
  return { json, headers: readHeaders(state) };
}

function asked(kind: AskedIdentifier['kind'], texts: readonly string[] = []): AskedIdentifier[] {
  return texts.map((text) => ({ kind, text }));
}

function refusal(param: string, message: string): ServiceError {
  return new ServiceError(400, `${param} ${message}.`, { details: [{ param, message }] });
}
