/// <reference types="jest" />
import type { Reply } from '../support/clients.js';

export interface ErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly requestId: string;
}

const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Expects the one error shape, without details. @returns its message */
export function expectError({ status, body, headers }: Reply, expected: number): string {
  expect({ status, body }).toEqual({ status: expected, body: expect.stringMatching(/^\{.*\}$/s) as string });
  const error = JSON.parse(body) as ErrorBody;
  expect(Object.keys(error)).toEqual(['statusCode', 'error', 'message', 'requestId']);
  expect(error).toMatchObject({ statusCode: expected, error: NAMES[expected] });
  expect(error.message).toMatch(/\S/);
  expect(error.requestId).toMatch(/\S/);
  expect(headers.get('x-request-id')).toBe(error.requestId);
  return error.message;
}

/** The same over NATS, where two headers of the micro protocol say it too. */
export function expectNatsError(reply: Reply, expected: number): string {
  const message = expectError(reply, expected);
  expect(reply.headers.get('nats-service-error')).toBe(message);
  expect(reply.headers.get('nats-service-error-code')).toBe(String(expected));
  expect(reply.headers.has('retry-after')).toBe(expected === 503 || expected === 429);
  return message;
}
