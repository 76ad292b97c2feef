import type { EventKey } from '../projection.js';

/** Whether the subject names the key of an event, each part as a separate token, so that no other key uses it. */
export function namesKey(subject: string, { parts }: EventKey): boolean {
  const tokens = subject.split('.');
  return parts.every((part) => {
    const at = tokens.indexOf(String(part));
    if (at === -1) return false;
    tokens.splice(at, 1);
    return true;
  });
}

/**
 * Subjects with other numbers are of the same form. A form without any is the subject itself. As NATS writes it, with wildcards. The
 * character 0, which NATS allows and PostgreSQL does not, counts as a number.
 */
export function formOf(subject: string): string {
  return subject
    .split('.')
    .map((token) => (/[\d\0]/.test(token) ? '*' : token))
    .join('.');
}

/**
 * NATS allows bytes in subjects that are not UTF-8. A delivered message has one replacement character for several of them, where an answer
 * of the JetStream API has one for each.
 */
export function withoutDamage(subject: string): string {
  return subject.replace(/\uFFFD+/g, '\uFFFD');
}
