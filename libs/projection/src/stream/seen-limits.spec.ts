import type { StreamInfo } from '@nats-io/jetstream';
import { SeenLimits } from './seen-limits.js';

function saw(limits: SeenLimits, limit: number, head: number): void {
  limits.saw({ config: { max_msgs_per_subject: limit }, state: { last_seq: head } } as StreamInfo);
}

test.each([
  ['raised', 10, 10],
  ['lifted', -1, null],
])('a limit that is %s counts until everything that the stream had by then is read', (_, limit, now) => {
  const limits = new SeenLimits();
  saw(limits, 1, 50);
  expect(limits.after({ sequence: 20 })).toBe(1);
  saw(limits, limit, 60);
  expect(limits.after({ sequence: 20, subjectLimit: 1 })).toBe(1);
  saw(limits, limit, 90);
  expect(limits.after({ sequence: 59, subjectLimit: 1 })).toBe(1);
  expect(limits.after({ sequence: 60, subjectLimit: 1 })).toBe(now);
});

test('a lower limit counts at once', () => {
  const limits = new SeenLimits();
  saw(limits, 1, 50);
  expect(limits.after({ sequence: 20, subjectLimit: 10 })).toBe(1);
});
