import { errors, type MsgHdrs } from '@nats-io/transport-node';

/** From this status on the answer does not give the cause. The projector's log has it, under the requestId. */
const FIRST_SERVER_ERROR = 500;

const UNAVAILABLE = 503;

/** The projector's refusal, in its own words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    message: string,
    private readonly statusCode: number,
  ) {
    super(message);
  }

  /** Whether the same request may be answered in a moment. */
  get isPassing(): boolean {
    return this.statusCode === UNAVAILABLE;
  }
}

/** @returns the projector's own words if it refuses; of an error to report also the requestId, by which the log is searched */
export function refusalIn(headers: MsgHdrs | undefined): Refusal | undefined {
  const words = headers?.get('Nats-Service-Error');
  if (!words) return undefined;
  const requestId = headers?.get('X-Request-Id');
  const code = Number(headers?.get('Nats-Service-Error-Code'));
  return new Refusal(code >= FIRST_SERVER_ERROR && requestId ? `${words} (requestId ${requestId})` : words, code);
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
