import type { MsgHdrs } from '@nats-io/transport-node';

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
