import { createHash } from 'node:crypto';

/** Tells a message from another one with the same sequence: after a rewind a server hands numbers out again. */
export function fingerprint(message: {
  readonly subject: string;
  readonly storedAt: number;
  readonly payload: Uint8Array;
}): string {
  return createHash('sha256')
    .update(`${message.storedAt}\n${message.subject}\n`)
    .update(message.payload)
    .digest('hex')
    .slice(0, 32);
}
