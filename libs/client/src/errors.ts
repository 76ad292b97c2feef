import type { components } from './api.generated.js';
import { freshnessOf } from './answer.js';
import type { WireAnswer } from './transport.js';

type ErrorBody = components['schemas']['Error'];
export type ErrorDetail = NonNullable<ErrorBody['details']>[number];

const MAX_SHOWN = 200;

/** The service, or something before it, has answered with an error. The message says what to do. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  /** As docs/api.md lists them, the same over HTTP and NATS. */
  readonly status: number;
  /** The wrong parameters of a 400. */
  readonly details: readonly ErrorDetail[];
  /** Finds the request in the logs of the service. */
  readonly requestId: string | undefined;
  /** What the read model has reached: a 503 to a request with `minPosition` says so. */
  readonly position: number | undefined;
  readonly stale: string | undefined;
  /** When to try again. */
  readonly retryAfterMs: number | undefined;

  constructor(answer: WireAnswer) {
    const body = errorBodyOf(answer);
    super(body.message);
    this.status = answer.status;
    this.details = body.details ?? [];
    this.requestId = body.requestId ?? answer.headers.get('X-Request-Id') ?? undefined;
    this.retryAfterMs = millisecondsOf(answer.headers.get('Retry-After'));
    const { position, stale } = freshnessOf(answer);
    this.position = position;
    this.stale = stale;
  }
}

/** `after` is no longer valid: begin again without it, and remove every token that the new answers do not bring. */
export class GoneError extends ApiError {
  override readonly name = 'GoneError';
}

export function errorOf(answer: WireAnswer): ApiError {
  const error = new ApiError(answer);
  // Where the database was created again, nobody knows any `after` of before.
  const isUnknown = error.status === 400 && error.details.some(({ param }) => param === 'after');
  return error.status === 410 || isUnknown ? new GoneError(answer) : error;
}

/** No answer has come: the network or the service is away, or too slow. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** A proxy before the service writes errors of its own. */
function errorBodyOf({ status, body }: WireAnswer): Partial<ErrorBody> & Pick<ErrorBody, 'message'> {
  try {
    const read = JSON.parse(body) as Partial<ErrorBody> | null;
    if (typeof read?.message === 'string') return { ...read, message: read.message };
  } catch {
    // It is no JSON.
  }
  return { message: `The answer has status ${status} and is not of this API: ${body.slice(0, MAX_SHOWN)}` };
}

/** `Retry-After` has seconds, or a date. */
function millisecondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
