import type { DomainEvent } from '#token-events/events.js';

/** Whether the subject names the token of an event, or its group and version, so that it is used for nothing else. */
export function namesItsKeys(subject: string, event: DomainEvent): boolean {
  return names(subject, keysOf(event));
}

function keysOf({ data }: DomainEvent): number[] {
  return 'tokenGroupId' in data ? [data.tokenGroupId, data.version] : [data.id];
}

/** Each key as a token of the subject of its own. */
function names(subject: string, keys: readonly number[]): boolean {
  const parts = subject.split('.');
  return keys.every((key) => {
    const at = parts.indexOf(String(key));
    if (at === -1) return false;
    parts.splice(at, 1);
    return true;
  });
}
