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
  expect(limits.after({ sequence: 61, subjectLimit: 1 })).toBe(now);
});

test('a limit that another projector saw counts for what the stream has when this one begins', () => {
  const limits = new SeenLimits();
  saw(limits, 10, 60);
  expect(limits.after({ sequence: 59, subjectLimit: 1 })).toBe(1);
  expect(limits.after({ sequence: 60, subjectLimit: 1 })).toBe(10);
});

test('a lower limit counts at once', () => {
  const limits = new SeenLimits();
  saw(limits, 1, 50);
  expect(limits.after({ sequence: 20, subjectLimit: 10 })).toBe(1);
});

test.each([[[1, 2, 10]], [[1, 10, 3, 10]], [[1, 10, 1, -1]]])(
  'the lowest counts until the last change up is read: %j',
  (changes) => {
    const limits = new SeenLimits();
    let head = 50;
    let subjectLimit: number | null = null;
    for (const limit of changes) {
      saw(limits, limit, (head += 10));
      subjectLimit = limits.after({ sequence: 20, subjectLimit });
    }
    expect(limits.after({ sequence: head - 1, subjectLimit })).toBe(1);
    expect(limits.after({ sequence: head, subjectLimit })).toBe(changes.at(-1) === -1 ? null : changes.at(-1));
  },
);

test('a lower limit that is taken back between two batches counts for what came until then', () => {
  const limits = new SeenLimits();
  saw(limits, 100, 50);
  expect(limits.after({ sequence: 20 })).toBe(100);
  saw(limits, 1, 60);
  saw(limits, 50, 65);
  saw(limits, 100, 70);
  expect(limits.after({ sequence: 69, subjectLimit: 100 })).toBe(1);
  expect(limits.after({ sequence: 70, subjectLimit: 1 })).toBe(100);
});

test('a former limit that was passed counts no more after the next change', () => {
  const limits = new SeenLimits();
  saw(limits, 1, 50);
  saw(limits, 10, 60);
  expect(limits.after({ sequence: 60, subjectLimit: 1 })).toBe(10);
  saw(limits, 20, 90);
  expect(limits.after({ sequence: 70, subjectLimit: 10 })).toBe(10);
});
