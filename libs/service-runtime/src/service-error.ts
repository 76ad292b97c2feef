import { STATUS_CODES } from 'node:http';

/** One wrong parameter of a request. */
export interface ErrorDetail {
  readonly param: string;
  readonly message: string;
}

/** The body of an error answer, the same over HTTP and NATS. */
export interface ErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
  readonly requestId: string;
}

/** The seconds after which a caller may try again if a service we need is away. */
export const RETRY_AFTER_SECONDS = 2;

/** An error for the caller: its message is one sentence that the caller can act on. Every other error becomes a plain 500. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly statusCode: 400 | 403 | 404 | 409 | 410 | 413 | 415 | 429 | 500 | 503,
    message: string,
    options: {
      readonly details?: readonly ErrorDetail[];
      /** Logged in place of a message that quotes the request, which may hold the uid or the label of a token. */
      readonly logged?: string;
      /** Sent with the body over HTTP and NATS. */
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.details = options.details;
    this.logged = options.logged ?? message;
    this.headers =
      statusCode === 503 ? { 'Retry-After': String(RETRY_AFTER_SECONDS), ...options.headers } : (options.headers ?? {});
  }

  readonly details: readonly ErrorDetail[] | undefined;
  /** The message for logs and statistics, which quotes nothing of the request. */
  readonly logged: string;
  readonly headers: Readonly<Record<string, string>>;

  body(requestId: string): ErrorBody {
    const { statusCode, message, details } = this;
    const error = STATUS_CODES[statusCode] ?? 'Error';
    return details ? { statusCode, error, message, details, requestId } : { statusCode, error, message, requestId };
  }
}

/** One object for all requests: in a flood even creating errors costs. For the same reason it is not logged per request. */
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
