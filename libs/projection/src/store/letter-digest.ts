import { createHash } from 'node:crypto';
import type { HeaderEntries } from '../stream/message-headers.js';
import { withoutDamage } from '../stream/subject-names.js';
import { storable } from './storable.js';

/**
 * Distinguishes a message from another one that had the same sequence, as long as its letter exists, with or without contents. Migration
 * 0003 has the same in SQL.
 */
export function letterDigest(message: {
  readonly subject: string;
  readonly headers: HeaderEntries;
  readonly payload: Uint8Array;
}): string {
  return createHash('sha256')
    .update(`${storable(withoutDamage(message.subject))}\n${JSON.stringify([...message.headers])}\n`)
    .update(message.payload)
    .digest('hex');
}
