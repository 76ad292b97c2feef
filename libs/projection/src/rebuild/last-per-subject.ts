import type { Projection } from '../projection.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { namesKey } from '../stream/subject-names.js';

/**
 * It is safe to read only the last message of a subject if that message replaces the ones before it: if all of them have one key. Only the
 * subject's name shows that: it must name the key.
 * @returns why the message may hide others that still count; undefined if it does not
 */
export function mayHideOthers(
  projection: Pick<Projection, 'keyOf'>,
  { subject, decoded, sequence }: StreamMessage,
): string | undefined {
  const at = `the message ${sequence} on ${subject}`;
  switch (decoded.kind) {
    case 'rejected':
      return `${at} cannot be applied and may hide one that can (${decoded.reason})`;
    case 'skipped':
      return `${at} is of the unknown type ${decoded.type} and may hide one that is known`;
    case 'event': {
      const key = projection.keyOf(decoded.event);
      if (namesKey(subject, key)) return undefined;
      return `${at} is a ${decoded.event.type} whose subject does not name ${key.words}: it may hide others`;
    }
  }
}
