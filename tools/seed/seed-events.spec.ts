import { decode } from '#token-contract/decode.js';
import type { TokenState } from '#token-contract/events.js';
import type { SeedEvent } from './seed-event.js';
import { seedEvents } from './seed-events.js';

const AT = '2026-01-01T00:00:00.000Z';
const TOKENS = 20_000;

describe('seedEvents', () => {
  const events = [...seedEvents({ tokens: TOKENS, seed: 1, at: AT })];

  test('makes the same events of the same options, byte for byte', () => {
    const again = [...seedEvents({ tokens: TOKENS, seed: 1, at: AT })];
    expect(JSON.stringify(again)).toBe(JSON.stringify(events));
  });

  test.each([{ seed: 2 }, { at: '2026-01-02T00:00:00.000Z' }, { customers: 77 }, { tokens: 101 }])(
    'makes other events, with other ids, of %j',
    (change) => {
      const some = [...seedEvents({ tokens: 100, seed: 1, at: AT })];
      const others = [...seedEvents({ tokens: 100, seed: 1, at: AT, ...change })];
      const ids = new Set(some.map(({ event }) => event.id));
      expect(others.filter(({ event }) => ids.has(event.id))).toEqual([]);
      expect(statesOf(others)).not.toEqual(statesOf(some));
    },
  );

  test('makes events that decode as they are', () => {
    const changed = events.filter(({ event }) => {
      const { id: eventId, type, time, data } = event;
      const decoded = decode(Buffer.from(JSON.stringify(event)));
      return JSON.stringify(decoded) !== JSON.stringify({ kind: 'event', event: { type, eventId, time, data } });
    });
    expect(changed).toEqual([]);
  });

  test('gives every event its own id and its subject', () => {
    expect(new Set(events.map(({ event }) => event.id)).size).toBe(events.length);
    const misplaced = events.filter(({ subject, event: { data } }) => {
      return subject !== ('id' in data ? `token.${data.id}` : `token-group.${data.tokenGroupId}.${data.version}`);
    });
    expect(misplaced).toEqual([]);
  });

  test('creates every token once, at version 1, before its later versions', () => {
    const versions = new Map<number, number>();
    const wrong = events.filter(({ event: { type, data } }) => {
      if (!('id' in data)) return false;
      const expected = (versions.get(data.id) ?? 0) + 1;
      versions.set(data.id, data.version);
      const inTime = data.createdAt <= data.updatedAt && data.updatedAt <= AT;
      return data.version !== expected || (type === 'token.created') !== (expected === 1) || !inTime;
    });
    expect(wrong).toEqual([]);
    expect([...versions.keys()]).toEqual(Array.from({ length: TOKENS }, (_, i) => i + 1));
  });

  test('makes its events one by one as they are asked for, however many there will be', () => {
    const before = process.memoryUsage().heapUsed;
    const generator = seedEvents({ tokens: 100_000_000, seed: 1, at: AT });
    for (let i = 0; i < 1_000; i++) expect(generator.next().done).toBe(false);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });
});

function statesOf(events: readonly SeedEvent[]): readonly TokenState[] {
  return events.flatMap(({ event }) => ('id' in event.data ? [event.data] : []));
}
