import type { components } from './api.generated.js';
import type { WireAnswer } from './transport.js';

export type Token = components['schemas']['Token'];
export type Change = components['schemas']['Change'];
/** What a uid or a label stands for. */
export type Resolved = components['schemas']['ResolvedTokens']['data'][number];

/** What every answer says about itself. */
export interface Answer<Data> {
  readonly data: Data;
  /** The stream sequence at which the answer was read: all events up to it are in the answer. */
  readonly position: number;
  /** Milliseconds since the read model was last known to hold everything the stream held. */
  readonly lagMs: number;
  /** Why the read model is not kept up to date; undefined: it is. */
  readonly stale: string | undefined;
  /** All tokens that match, on lists only. */
  readonly totalCount: number | undefined;
  /** Finds the request in the logs of the service. */
  readonly requestId: string | undefined;
}

export interface Page extends Answer<readonly Token[]> {
  readonly totalCount: number;
  /** The cursor of the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}

export interface ChangesPage extends Answer<readonly Change[]> {
  /** Where to go on: keep it with what the changes have made. */
  readonly after: string;
}

export function answerOf<Data>(answer: WireAnswer, data: Data): Answer<Data> {
  const { position = NaN, lagMs = NaN, stale } = freshnessOf(answer);
  const requestId = answer.headers.get('X-Request-Id') ?? undefined;
  return { data, position, lagMs, stale, totalCount: numberIn(answer, 'X-Total-Count'), requestId };
}

export function pageOf(answer: WireAnswer): Page {
  const { data, count } = JSON.parse(answer.body) as components['schemas']['TokenPage'];
  return { ...answerOf(answer, data), totalCount: count, next: nextCursor(answer.headers) };
}

export function resolvedOf(answer: WireAnswer): Answer<readonly Resolved[]> {
  return answerOf(answer, (JSON.parse(answer.body) as components['schemas']['ResolvedTokens']).data);
}

export function changesPageOf(answer: WireAnswer): ChangesPage {
  const { data, after } = JSON.parse(answer.body) as components['schemas']['ChangesPage'];
  return { ...answerOf(answer, data), after };
}

export function freshnessOf(answer: WireAnswer): { position?: number; lagMs?: number; stale: string | undefined } {
  const position = numberIn(answer, 'X-Read-Position');
  const lagMs = numberIn(answer, 'X-Read-Lag-Ms');
  return {
    ...(position === undefined ? {} : { position }),
    ...(lagMs === undefined ? {} : { lagMs }),
    stale: answer.headers.get('X-Read-Stale') ?? undefined,
  };
}

/** NATS answers have the cursor, HTTP answers a link (RFC 8288) that has it. */
function nextCursor(headers: Headers): string | undefined {
  const [, query] = /<[^>?]*\?([^>]*)>; *rel="next"/.exec(headers.get('Link') ?? '') ?? [];
  return headers.get('X-Next-Cursor') ?? new URLSearchParams(query).get('cursor') ?? undefined;
}

function numberIn({ headers }: WireAnswer, name: string): number | undefined {
  const value = headers.get(name);
  return value === null ? undefined : Number(value);
}
