import { createHash } from 'node:crypto';
import type { HeaderEntries } from '../stream/message-headers.js';

/**
 * What tells a message from another one that had its sequence, as long as a letter of it stands, contents or not. Migration 0003 has
 * the same in SQL.
 */
export function letterDigest(message: {
  readonly subject: string;
  readonly headers: HeaderEntries;
  readonly payload: Uint8Array;
}): string {
  return createHash('sha256')
    .update(`${storable(message.subject)}\n${JSON.stringify([...message.headers])}\n`)
    .update(message.payload)
    .digest('hex');
}

/** A text as PostgreSQL can hold it. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u2400').toWellFormed();
}
