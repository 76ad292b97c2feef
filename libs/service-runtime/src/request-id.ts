import { randomUUID } from 'node:crypto';

const SANE = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/** The caller's `X-Request-Id` if it is short and harmless, else a new one. */
export function requestId(wanted: unknown): string {
  return typeof wanted === 'string' && SANE.test(wanted) ? wanted : randomUUID();
}
