import { createHash } from 'node:crypto';
import { millisecondsOf } from './nanoseconds.js';
import { withoutDamage } from './subject-names.js';

/** Distinguishes a message from another one with the same sequence. */
export interface Fingerprinted {
  readonly subject: string;
  readonly storedAtNanos: bigint;
  readonly payload: Uint8Array;
}

/**
 * Distinguishes a message from another one with the same sequence: after a rewind a server uses sequences again. The time counts in whole
 * milliseconds, cut off from the exact nanoseconds, so that releases that know only milliseconds get the same result.
 */
export function fingerprint(message: Fingerprinted): string {
  return hash(message, millisecondsOf(message.storedAtNanos));
}

/**
 * Whether a stored fingerprint is that of this message. Earlier releases took the time of a delivered message from a number with steps of
 * 256 ns, which may lie in the millisecond before or after the true one: so these milliseconds are accepted as well. Another message with
 * the same subject and payload, stored in the very next millisecond under the same sequence, would look the same.
 */
export function isFingerprintOf(stored: string | null, message: Fingerprinted): boolean {
  const milliseconds = millisecondsOf(message.storedAtNanos);
  return [0, 1, -1].some((step) => hash(message, milliseconds + step) === stored);
}

function hash({ subject, payload }: Fingerprinted, milliseconds: number): string {
  const text = `${milliseconds}\n${withoutDamage(subject)}\n`;
  return createHash('sha256').update(text).update(payload).digest('hex').slice(0, 32);
}
