import { harmless } from '#service-runtime/log-texts.js';
import { bytes, counted, duration, jsonLine } from './spelling.js';

describe('spelling', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [123_456, '123 kB'],
    [12_345_678, '12.3 MB'],
    [5e15, '5000 TB'],
  ])('writes %d bytes as %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  test.each([
    [0.25, '0.3 s'],
    [7, '7 s'],
    [59.7, '1 min 0 s'],
    [200, '3 min 20 s'],
    [3_600, '1 h 0 min'],
    [273_600, '3 d 4 h'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  test('knows one from many', () => {
    expect([0, 1, 1_234].map((n) => counted(n, 'event'))).toEqual(['0 events', '1 event', '1,234 events']);
  });

  test('writes JSON in one line that steers no terminal either, and loses nothing', () => {
    const value = { subject: 'a\x1b[31m\n\x9b\u202e"\\é🚗' };
    expect(jsonLine(value)).toBe('{"subject":"a\\u001b[31m\\n\\u009b\\u202e\\"\\\\é🚗"}');
    expect(JSON.parse(jsonLine(value))).toEqual(value);
  });

  test('lets nothing through that steers a terminal', () => {
    expect(harmless('a\x1b[31m\n\x9b\u202eé🚗')).toBe('a\\u001b[31m\\u000a\\u009b\\u202eé🚗');
  });
});
