import type { Decoded, EventKey } from '../projection.js';
import { mayHideOthers } from './last-per-subject.js';

const KEYS: Readonly<Record<string, EventKey>> = {
  moved: { parts: [5], words: 'the thing 5', ids: {} },
  grouped: { parts: [7, 3], words: 'the group 7 and the version 3', ids: {} },
  repeated: { parts: [7, 7], words: 'the group 7 and the version 7', ids: {} },
};
const projection = { keyOf: ({ type }: { readonly type: string }) => KEYS[type]! };

function message(subject: string, decoded: Decoded) {
  return { sequence: 9, subject, headers: [], payload: new Uint8Array(), decoded, storedAtNanos: 0n };
}

const event = (type: string): Decoded => ({ kind: 'event', event: { type, eventId: 'x' } });

describe('the last message of a subject', () => {
  test.each([
    ['e.thing.5', 'moved'],
    ['e.group.7.3', 'grouped'],
    ['e.7.7', 'repeated'],
  ])('on %s stands for the others when its event is %s', (subject, type) => {
    expect(mayHideOthers(projection, message(subject, event(type)))).toBeUndefined();
  });

  test.each([
    ['e.thing', event('moved'), 'does not name the thing 5'],
    ['e.group.7', event('grouped'), 'does not name the group 7 and the version 3'],
    ['e.group.7', event('repeated'), 'does not name the group 7 and the version 7'],
    ['e.thing.5', { kind: 'skipped', type: 'thing.renamed' } as const, 'unknown type thing.renamed'],
    ['e.thing.5', { kind: 'rejected', reason: 'not JSON' } as const, 'cannot be applied'],
  ])('on %s may hide others: %j', (subject, decoded, why) => {
    expect(mayHideOthers(projection, message(subject, decoded))).toContain(why);
  });
});
