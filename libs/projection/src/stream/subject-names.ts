import type { EventKey } from '../projection.js';

/** Whether the subject names the key of an event, each part as a token of its own, so that it is used for no other key. */
export function namesKey(subject: string, { parts }: EventKey): boolean {
  const tokens = subject.split('.');
  return parts.every((part) => {
    const at = tokens.indexOf(String(part));
    if (at === -1) return false;
    tokens.splice(at, 1);
    return true;
  });
}
