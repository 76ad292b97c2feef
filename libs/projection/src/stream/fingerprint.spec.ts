import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { fingerprint, isFingerprintOf } from './fingerprint.js';
import { nanosecondsOf } from './nanoseconds.js';

const anInstant = fc.oneof(
  fc.bigInt(0n, 4_000_000_000_000_000_000n),
  // Around the turn of a millisecond, where a rounded number and the true time differ.
  fc
    .tuple(fc.bigInt(1_700_000_000_000n, 1_900_000_000_000n), fc.bigInt(-300n, 300n))
    .map(([milliseconds, off]) => milliseconds * 1_000_000n + off),
);

/** As servers write it: what is zero at the end of the fraction is left out. */
function rfc3339(nanoseconds: bigint, zoneMinutes = 0): string {
  const local = Number(nanoseconds / 1_000_000_000n) + zoneMinutes * 60;
  const fraction = String(nanoseconds % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const pad = (value: number) => String(Math.abs(value)).padStart(2, '0');
  const sign = zoneMinutes < 0 ? '-' : '+';
  const zone = `${sign}${pad(Math.trunc(zoneMinutes / 60))}:${pad(zoneMinutes % 60)}`;
  return `${new Date(local * 1_000).toISOString().slice(0, 19)}${fraction && `.${fraction}`}${zoneMinutes ? zone : 'Z'}`;
}

/** As the release before computed it of a time in milliseconds, which it had from a rounded number or from a text. */
function ofTheReleaseBefore(milliseconds: number): string {
  return createHash('sha256').update(`${milliseconds}\na.b\n`).update('payload').digest('hex').slice(0, 32);
}

const message = (storedAtNanos: bigint, payload = 'payload') => ({
  subject: 'a.b',
  payload: Buffer.from(payload),
  storedAtNanos,
});

describe('the time of a message', () => {
  test('is the same instant, whether it was delivered or fetched, in any zone', () => {
    fc.assert(
      fc.property(anInstant, fc.integer({ min: -720, max: 840 }), (nanoseconds, zone) => {
        expect(nanosecondsOf(rfc3339(nanoseconds))).toBe(nanoseconds);
        expect(nanosecondsOf(rfc3339(nanoseconds, zone))).toBe(nanoseconds);
      }),
      { numRuns: 500 },
    );
  });

  test('is refused when it is none', () => {
    expect(() => nanosecondsOf('yesterday')).toThrow('the server gave "yesterday" where a time was expected');
  });
});

describe('the fingerprint', () => {
  test('is the same, whether the message was delivered or fetched', () => {
    fc.assert(
      fc.property(anInstant, (nanoseconds) => {
        const fetched = message(nanosecondsOf(rfc3339(nanoseconds)));
        expect(fingerprint(fetched)).toBe(fingerprint(message(nanoseconds)));
        expect(isFingerprintOf(fingerprint(message(nanoseconds)), fetched)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('of the release before, which rounded, is that of its message', () => {
    fc.assert(
      fc.property(anInstant, (nanoseconds) => {
        const stored = ofTheReleaseBefore(Math.floor(Number(nanoseconds) / 1e6));
        expect(isFingerprintOf(stored, message(nanoseconds))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('is what the release before computes of the message when it fetches it', () => {
    fc.assert(
      fc.property(anInstant, (nanoseconds) => {
        const fetchedThen = Date.parse(rfc3339(nanoseconds));
        expect(fingerprint(message(nanoseconds))).toBe(ofTheReleaseBefore(fetchedThen));
      }),
      { numRuns: 500 },
    );
  });

  test('is not that of a message with another payload, subject or time', () => {
    const stored = fingerprint(message(1_750_000_000_123_456_789n));
    expect(isFingerprintOf(stored, message(1_750_000_000_123_456_789n, 'another'))).toBe(false);
    expect(isFingerprintOf(stored, { ...message(1_750_000_000_123_456_789n), subject: 'a.c' })).toBe(false);
    expect(isFingerprintOf(stored, message(1_750_000_000_125_456_789n))).toBe(false);
    expect(isFingerprintOf(null, message(1_750_000_000_123_456_789n))).toBe(false);
  });
});
