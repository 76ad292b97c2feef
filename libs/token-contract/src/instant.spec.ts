import fc from 'fast-check';
import { parseInstant } from './instant.js';

describe('an instant', () => {
  test.each([
    ['2025-06-03', 'has no time and no zone: write 2025-06-03T00:00:00Z'],
    ['2025-06-03T12:00:00', 'has no zone: write 2025-06-03T12:00:00Z'],
    ['2025-06-03 12:00:00.5', 'has no zone: write 2025-06-03T12:00:00.5Z'],
    ['2025-06-03T12:00:00 02:00', 'has a space where a + was meant: write the + as %2B'],
    ['yesterday', 'is no RFC 3339 date-time with a zone'],
  ])('is not %j, and what is said of it shows the right form', (text, problem) => {
    expect(parseInstant(text)).toEqual({ problem });
  });

  test.each([
    ['2025-06-03T12:00:00.000Z', '2025-06-03T12:00:00.000Z'],
    ['2025-06-03t12:00:00z', '2025-06-03T12:00:00.000Z'],
    ['2025-06-03T14:00:00.5+02:00', '2025-06-03T12:00:00.500Z'],
    ['2025-06-03T12:00:00.123999Z', '2025-06-03T12:00:00.123Z'],
    ['2024-02-29T23:59:59.999-00:01', '2024-03-01T00:00:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text)).toEqual({ instant });
  });

  test('has milliseconds, and further digits are cut off, however many there are', () => {
    const digits = fc.stringMatching(/^(0{0,9}[0-9]{1,12})$/);
    fc.assert(
      fc.property(digits, (fraction) => {
        const instant = `2025-06-03T12:00:00.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
        expect(parseInstant(`2025-06-03T12:00:00.${fraction}Z`)).toEqual({ instant });
      }),
    );
    expect(parseInstant('2025-06-03T12:00:00.0019999999Z')).toEqual({ instant: '2025-06-03T12:00:00.001Z' });
  });

  test.each([
    '',
    'now',
    '2025-06-03',
    '2025-06-03T12:00:00',
    '2025-06-03 12:00:00Z',
    '2025-6-3T12:00:00Z',
    '2025-02-29T00:00:00.000Z',
    '2025-02-30T00:00:00.000Z',
    '2025-13-01T00:00:00.000Z',
    '2025-00-01T00:00:00.000Z',
    '2025-01-00T00:00:00.000Z',
    '2025-06-03T24:00:00.000Z',
    '2025-06-03T12:60:00.000Z',
    '2025-06-03T23:59:60Z',
    '2025-06-03T12:00:00+24:00',
    '2025-06-03T12:00:00.Z',
    '+002025-06-03T12:00:00.000Z',
    '0000-12-31T23:59:59.999Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    ' 2025-06-03T12:00:00.000Z',
    '2025-06-03T12:00:00.000Z ',
    '１025-06-03T12:00:00.000Z',
  ])('is not %j', (text) => {
    expect(parseInstant(text)).toHaveProperty('problem');
  });
});
