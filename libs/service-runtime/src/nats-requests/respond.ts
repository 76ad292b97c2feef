import { headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { ServiceError } from '../service-error.js';
import type { Answer } from '../answer.js';
import type { ArrivedRequest } from './arrived-request.js';
import type { RequestBody } from './request-body.js';

/** The body holds the whole message; the header is for people with a NATS command line. */
const MAX_ERROR_HEADER = 1_000;
/** For a message that must be short: the whole error then fits into 1 KB. */
const MAX_SHORT = 100;

/**
 * @returns the bytes of the body
 * @throws {ServiceError} 413 if the answer is larger than the server allows a message to be
 */
export function respond(request: ArrivedRequest, answer: Answer, maxPayload = Infinity): number {
  const { body, id } = request;
  const json = body.wrapAnswer(answer.json);
  const headers = headersOf({ ...answer.headers, 'X-Request-Id': id });
  const size = json.length + headerSize(headers);
  if (size > maxPayload) {
    throw new ServiceError(
      413,
      `The answer has ${size} bytes but this NATS server carries at most ${maxPayload} per message; ask again with a lower limit.`,
    );
  }
  request.respond(json, headers);
  return json.length;
}

/**
 * Cuts the error if the whole of it is larger than a message may be: a short error is better than a timeout.
 * @returns the bytes of the body
 */
export function respondError(request: ArrivedRequest, problem: ServiceError, maxPayload = Infinity): number {
  const { body, id } = request;
  const whole = errorOf(body, problem, id);
  const isTooLarge = whole.json.length + headerSize(whole.headers) > maxPayload;
  const { json, headers } = isTooLarge ? errorOf(body, shortOf(problem), id) : whole;
  request.respond(json, headers);
  return json.length;
}

function errorOf(body: RequestBody, problem: ServiceError, id: string): { json: Buffer; headers: MsgHdrs } {
  const headers = headersOf({
    'Nats-Service-Error': problem.message.slice(0, MAX_ERROR_HEADER),
    ...problem.headers,
    'Nats-Service-Error-Code': String(problem.statusCode),
    'X-Request-Id': id,
  });
  return { json: body.wrapError(Buffer.from(JSON.stringify(problem.body(id)))), headers };
}

function shortOf({ statusCode, message }: ServiceError): ServiceError {
  return new ServiceError(statusCode, `${message.slice(0, MAX_SHORT).toWellFormed()}...`);
}

function headersOf(values: Readonly<Record<string, string>>): MsgHdrs {
  const headers = natsHeaders();
  // A header value must stay on its line, and the wire format is Latin-1.
  for (const [name, value] of Object.entries(values)) headers.set(name, value.replace(/[^\x20-\x7e]/g, '?'));
  return headers;
}

/** Counts `NATS/1.0` and one `Name: value` line each, ended by an empty line. */
function headerSize(headers: MsgHdrs): number {
  let size = 'NATS/1.0\r\n\r\n'.length;
  for (const [name, values] of headers)
    for (const value of values) size += name.length + value.length + ': \r\n'.length;
  return size;
}
