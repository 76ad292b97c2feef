import { errors, type MsgHdrs } from '@nats-io/transport-node';

/** From here on the answer says nothing of the inside: the projector's log has the rest, under the requestId. */
const FIRST_OF_THE_SERVER = 500;

/** @returns the projector's own words where its answer is a refusal, with what finds it in the log where it is one to report */
export function refusalIn(headers: MsgHdrs | undefined): Error | undefined {
  const words = headers?.get('Nats-Service-Error');
  if (!words) return undefined;
  const requestId = headers?.get('X-Request-Id');
  const isToReport = Number(headers?.get('Nats-Service-Error-Code')) >= FIRST_OF_THE_SERVER;
  return new Error(isToReport && requestId ? `${words} (requestId ${requestId})` : words);
}

/** A server says which right a login lacks; where that is the one to its answers, it is the setting that is wrong. */
export function withoutRight(error: unknown): unknown {
  const violation =
    error instanceof Error && error.cause instanceof errors.PermissionViolationError ? error.cause : error;
  if (!(violation instanceof errors.PermissionViolationError)) return error;
  const question =
    violation.operation === 'subscription'
      ? 'is NATS_INBOX_PREFIX the one of this login?'
      : 'is the login in NATS_URL that of an operator?';
  return new Error(`${violation.message}; ${question}`, { cause: error });
}
