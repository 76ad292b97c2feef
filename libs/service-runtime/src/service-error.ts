import { STATUS_CODES } from 'node:http';

/** One wrong parameter of a request. */
export interface ErrorDetail {
  readonly param: string;
  readonly message: string;
}

/** What a caller gets instead of an answer, the same on every door. */
export interface ErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
  readonly requestId: string;
}

/** An error made for a caller's eyes: its message is one sentence they can act on. Everything else becomes a plain 500. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly statusCode: 400 | 403 | 404 | 409 | 413 | 500 | 503,
    message: string,
    options: {
      readonly details?: readonly ErrorDetail[];
      /** In the place of a message that quotes what was sent, which may be the uid or the label of somebody's token. */
      readonly logged?: string;
      /** Go out beside the body, on every door. */
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.details = options.details;
    this.logged = options.logged ?? message;
    this.headers = options.headers ?? {};
  }

  readonly details: readonly ErrorDetail[] | undefined;
  /** The message as those may read it who have not asked: in logs and statistics. */
  readonly logged: string;
  readonly headers: Readonly<Record<string, string>>;

  body(requestId: string): ErrorBody {
    const { statusCode, message, details } = this;
    const error = STATUS_CODES[statusCode] ?? 'Error';
    return details ? { statusCode, error, message, details, requestId } : { statusCode, error, message, requestId };
  }
}

/** Seconds after which a caller may try again when something we need is away. */
export const RETRY_AFTER_SECONDS = 2;

/** One for all: in a flood of requests even the making of errors counts. Not logged per request, for the same reason. */
export const OVERLOADED = new ServiceError(
  503,
  `There are more requests than can be answered at the moment; try again in ${RETRY_AFTER_SECONDS} seconds.`,
);

export function unavailable(what: string, cause?: unknown): ServiceError {
  return new ServiceError(
    503,
    `The ${what} is not reachable at the moment; try again in ${RETRY_AFTER_SECONDS} seconds.`,
    { cause },
  );
}

export function unforeseen(cause: unknown): ServiceError {
  return new ServiceError(500, 'Something unforeseen went wrong; quote the requestId when you report it.', { cause });
}
