import type { TokenState } from '#token-contract/events.js';
import { seedEvents } from './seed-events.js';
import { uidOf } from './uid.js';

const PLAIN = {
  rfid: /^([0-9A-F]{8}|04[0-9A-F]{12}|[0-9A-F]{20})$/,
  virtual: /^[0-9A-F]{20}$/,
  vehicleId: /^([0-9A-F]{12}|[0-9A-HJ-NPR-Z]{17})$/,
};

describe('uidOf', () => {
  test('gives every one of 200,000 tokens another uid, save for those that share one across two types', () => {
    const uids = new Set<string>();
    for (let id = 1; id <= 200_000; id++) uids.add(uidOf(1, id).uid.toUpperCase());
    expect(uids.size).toBe(200_000 - 200_000 / 500);
  });

  test('gives all but the edge cases the plain form of their type', () => {
    for (let id = 20; id < 500; id++) {
      const { type, uid } = uidOf(1, id);
      expect(uid).toMatch(PLAIN[type]);
    }
  });
});

describe('the first 20 tokens hold one edge case of each kind', () => {
  const tokens = new Map<number, TokenState>();
  for (const { event } of seedEvents({ tokens: 20, seed: 1, at: '2026-01-01T00:00:00.000Z' })) {
    if ('id' in event.data) tokens.set(event.data.id, event.data);
  }
  const identifier = (id: number) => tokens.get(id)!.identifier;

  test('a lower-case uid and one with an odd number of digits', () => {
    expect(identifier(10).uid).toMatch(/^04[0-9a-f]{12}$/);
    expect(identifier(11).uid).toMatch(/^4[0-9A-F]{12}$/);
  });

  test('two uids that are each other with the bytes reversed', () => {
    expect(identifier(13).uid).toBe(Buffer.from(identifier(12).uid, 'hex').reverse().toString('hex').toUpperCase());
  });

  test('one uid in two types', () => {
    expect(identifier(15)).toMatchObject({ type: 'virtual', uid: identifier(14).uid });
    expect(identifier(14).type).toBe('rfid');
  });

  test('vehicle ids as they come in from the field', () => {
    expect(identifier(16).uid).toMatch(/^VID(:[0-9A-F]{2}){6}$/);
    expect(identifier(17).uid).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
  });

  test('an expiry in 2999 and a comment of 100 emoji', () => {
    expect(tokens.get(18)!.expiresAt).toBe('2999-12-31T23:59:59.999Z');
    expect([...tokens.get(19)!.comment!]).toHaveLength(100);
  });
});
