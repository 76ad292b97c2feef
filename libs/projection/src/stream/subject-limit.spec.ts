import { type Gap, type Position } from './position.js';
import type { Decoded } from '../projection.js';
import { beginning, followGaps } from './subject-limit.js';

const HEAD = 100;
const event: Decoded = { kind: 'event', event: { type: 'moved', eventId: '1' } };
const projection = { keyOf: () => ({ parts: [7], words: 'the thing 7', ids: {} }) };
const skipped = { kind: 'skipped', type: 'x' } as Decoded;
const rejected = { kind: 'rejected', reason: 'it is none' } as Decoded;

function at(sequence: number, gap: Gap | null = null, eventForms: string[] | null = null): Position {
  return { generation: 1, stream: 'S', streamCreated: 'once', sequence, fingerprint: null, gap, eventForms };
}

function message(sequence: number, subject = 'shared', decoded = event) {
  return { sequence, subject, decoded };
}

function suspectsOf(position: Position, ...messages: ReturnType<typeof message>[]): [number, number][] {
  return followGaps(projection, position, messages, HEAD).suspects.map((suspect) => [
    suspect.message.sequence,
    suspect.gap.after,
  ]);
}

describe('an event on a subject that does not name its key', () => {
  test('is suspect after a gap before the first message, or between others', () => {
    expect(suspectsOf(at(10), message(12))).toEqual([[12, 10]]);
    expect(suspectsOf(at(10), message(11, 'a.7'), message(15, 'a.7'), message(16))).toEqual([[16, 11]]);
    expect(suspectsOf(at(10), message(12), message(14))).toEqual([
      [12, 10],
      [14, 12],
    ]);
  });

  test('is suspect after a gap that was met before a restart, up to where the stream ended then', () => {
    expect(suspectsOf(at(50, { after: 10, until: 60 }), message(51))).toEqual([[51, 10]]);
    expect(suspectsOf(at(60, { after: 10, until: 60 }), message(61))).toEqual([]);
  });

  test('is not suspect where nothing is missing, or where reading began', () => {
    expect(suspectsOf(at(10), message(11), message(12))).toEqual([]);
    expect(suspectsOf(at(0, beginning(60)), message(20), message(40), message(60))).toEqual([]);
    expect(suspectsOf(at(40, beginning(60)), message(61))).toEqual([]);
    expect(suspectsOf(at(40, beginning(60)), message(62))).toEqual([[62, 40]]);
  });
});

describe('a message of an unknown type after a gap', () => {
  const known = at(10, null, ['a.*']);

  test('is suspect where events came on subjects of its form, an event on a subject that names its key is not', () => {
    expect(suspectsOf(known, message(11, 'a.7', skipped), message(13, 'a.7'), message(14, 'a.7'))).toEqual([]);
    expect(suspectsOf(known, message(12, 'a.7', skipped), message(14, 'a.7'))).toEqual([[12, 10]]);
    expect(suspectsOf(at(10), message(12, 'a.8', skipped), message(13, 'a.7'))).toEqual([[12, 10]]);
  });

  test('is not suspect on subjects of another form, after however many gaps', () => {
    expect(suspectsOf(known, message(12, 'b.1', skipped), message(14, 'a.7'), message(16, 'b.2', skipped))).toEqual([]);
    expect(suspectsOf(at(10), message(12, 'a.7', skipped))).toEqual([]);
  });
});

test('neither one that becomes a dead letter is suspect, nor a marker of the server', () => {
  const marker = { kind: 'skipped', type: 'Nats-Marker-Reason' } as Decoded;
  const known = at(10, null, ['a.*']);
  expect(suspectsOf(known, message(12, 'a.7', rejected), message(14, 'a.8', marker))).toEqual([]);
});

test('the last gap is remembered, with where the stream ended', () => {
  expect(followGaps(projection, at(10), [message(12), message(14), message(15)], HEAD).gap).toEqual({
    after: 12,
    until: HEAD,
  });
  expect(followGaps(projection, at(10, { after: 3, until: 5 }), [message(11)], HEAD).gap).toEqual({
    after: 3,
    until: 5,
  });
});
