import { randomUUID } from 'node:crypto';

const SANE = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/** The caller's `X-Request-Id` where it is short and harmless, else a new one. */
export function requestId(asked: unknown): string {
  return typeof asked === 'string' && SANE.test(asked) ? asked : randomUUID();
}
