/// <reference types="jest" />
import type { Reply } from '../support/clients.js';

export interface BadRequest {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly details: readonly { readonly param: string; readonly message: string }[];
  readonly requestId: string;
}

/** Expects a 400 in the one error shape that names exactly these parameters. @returns its body */
export function expectBadRequest(reply: Reply, ...params: string[]): BadRequest {
  expect({ status: reply.status, body: reply.body }).toEqual({ status: 400, body: expect.any(String) as string });
  const body = reply.json<BadRequest>();
  expect(Object.keys(body)).toEqual(['statusCode', 'error', 'message', 'details', 'requestId']);
  expect(body).toMatchObject({ statusCode: 400, error: 'Bad Request', requestId: reply.headers.get('x-request-id') });
  expect(body.details.map(({ param }) => param).sort()).toEqual([...params].sort());
  for (const detail of body.details) {
    expect(Object.keys(detail)).toEqual(['param', 'message']);
    expect(body.message).toContain(detail.message);
    expect(body.message).toContain(detail.param);
  }
  return body;
}

/** The same with one wrong parameter. @returns what is said about it */
export function problemWith(param: string, reply: Reply): string {
  return expectBadRequest(reply, param).details[0]!.message;
}
