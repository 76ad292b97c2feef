import type { DomainEvent } from '#token-events/events.js';
import type { StreamMessage } from '../consume/stream-message.js';
import { namesItsKeys } from '../consume/subject-names.js';

/**
 * Reading only the last message of a subject is sound where that message says everything the ones before it said. A token's event
 * does, when its subject is that token's alone; a step of a group does not, so it must have its subject to itself. What a
 * subject is used for can be seen only by its name: it must name the token, or the group and the version.
 * @returns why the message may hide others that still count; undefined when it does not
 */
export function mayHideOthers({ subject, decoded, sequence }: StreamMessage): string | undefined {
  const at = `the message ${sequence} on ${subject}`;
  switch (decoded.kind) {
    case 'rejected':
      return `${at} cannot be applied and may hide one that can (${decoded.reason})`;
    case 'skipped':
      return `${at} is of the unknown type ${decoded.type} and may hide one that is known`;
    case 'event':
      return namesItsKeys(subject, decoded.event)
        ? undefined
        : `${at} is a ${decoded.event.type} whose subject does not name ${wanted(decoded.event)}: it may hide others`;
  }
}

function wanted({ data }: DomainEvent): string {
  return 'tokenGroupId' in data
    ? `the group ${data.tokenGroupId} and the version ${data.version}`
    : `the token ${data.id}`;
}
