import { errors, type MsgHdrs } from '@nats-io/transport-node';

/** From this status on the answer does not give the cause. The projector's log has it, under the requestId. */
const FIRST_SERVER_ERROR = 500;
const TOO_LARGE = 413;
const UNAVAILABLE = 503;

/** The projector's own words, and the status of its answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether the same request may be answered in a moment. */
  get isPassing(): boolean {
    return this.status === UNAVAILABLE;
  }
}

/** @returns the refusal, if it is one; of an error to report also the requestId, by which the log is searched */
export function refusalIn(headers: MsgHdrs | undefined): Refusal | undefined {
  const words = headers?.get('Nats-Service-Error');
  if (!words) return undefined;
  const requestId = headers?.get('X-Request-Id');
  const status = Number(headers?.get('Nats-Service-Error-Code'));
  const isToReport = status >= FIRST_SERVER_ERROR;
  return new Refusal(isToReport && requestId ? `${words} (requestId ${requestId})` : words, status);
}

/** Whether the request, or the answer to it, is larger than the server allows a message to be. */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof Refusal) return error.status === TOO_LARGE;
  // The client does not send such a request.
  return error instanceof errors.InvalidArgumentError && error.message.includes('max_payload');
}

/** NATS says which right a login lacks. The hint names the setting that is probably wrong. */
export function withPermissionHint(error: unknown): unknown {
  const violation =
    error instanceof Error && error.cause instanceof errors.PermissionViolationError ? error.cause : error;
  if (!(violation instanceof errors.PermissionViolationError)) return error;
  const question =
    violation.operation === 'subscription'
      ? 'is NATS_INBOX_PREFIX the one of this login?'
      : 'is the login in NATS_URL that of an operator?';
  return new Error(`${violation.message}; ${question}`, { cause: error });
}
