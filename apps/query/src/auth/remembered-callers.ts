import { hash } from 'node:crypto';
import type { Caller } from './caller.js';

/** A verified token is not verified again for this long, but never beyond its `exp`. */
const REMEMBER_MS = 60_000;
const MOST_CALLERS = 1_000;
/** Of all JWTs together: the customers that they name take some 8 MB. */
export const MOST_CHARACTERS = 4_000_000;

interface Known {
  readonly caller: Caller;
  readonly until: number;
  readonly length: number;
}

/**
 * The callers of the last valid JWTs. Of a JWT only its digest is kept: its text may be a part of the text of all headers, which would stay
 * in memory with it.
 */
export class RememberedCallers {
  private readonly known = new Map<string, Known>();
  private length = 0;

  /** Of all remembered JWTs together. */
  get characters(): number {
    return this.length;
  }

  find(jwt: string): Caller | undefined {
    const known = this.known.get(digestOf(jwt));
    return known && known.until > Date.now() ? known.caller : undefined;
  }

  add(jwt: string, caller: Caller): void {
    const digest = digestOf(jwt);
    this.forget(digest);
    while (this.known.size >= MOST_CALLERS || this.length > MOST_CHARACTERS - jwt.length)
      this.forget(this.known.keys().next().value!);
    const until = Math.min(Date.now() + REMEMBER_MS, caller.expiresAt);
    this.known.set(digest, { caller, until, length: jwt.length });
    this.length += jwt.length;
  }

  private forget(digest: string): void {
    this.length -= this.known.get(digest)?.length ?? 0;
    this.known.delete(digest);
  }
}

export function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}
