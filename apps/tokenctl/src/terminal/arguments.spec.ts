import { sinceArgument } from './arguments.js';

describe('sinceArgument', () => {
  test('takes an instant', () => {
    expect(sinceArgument('2026-01-31T08:00:00+01:00')).toEqual(new Date('2026-01-31T07:00:00Z'));
  });

  test.each([
    ['30s', 30],
    ['5m', 300],
    ['2h', 7_200],
    ['7d', 604_800],
  ])('takes %s ago', (text, seconds) => {
    const now = Date.now();
    expect((now - sinceArgument(text).getTime()) / 1_000).toBeCloseTo(seconds, 0);
  });

  test.each(['yesterday', '2h30m', '-2h', '2026-01-31', ''])('refuses %j and says how to write it', (text) => {
    expect(() => sinceArgument(text)).toThrow(/2026-01-31T08:00:00Z, or 30m, 2h, 7d/);
  });
});
