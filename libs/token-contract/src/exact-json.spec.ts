import { parseExactly } from './exact-json.js';

describe('parseExactly', () => {
  test.each([
    '1.00000000000000000001',
    '9007199254740991.4',
    '0.99999999999999999999',
    '10000000000000000.4e-1',
    '1000000000000000000001e-21',
  ])('does not take %s for the integer that it would be rounded to', (number) => {
    expect(parseExactly(`{"a":[${number},"${number},"] }`)).toEqual({ a: [0.5, `${number},`] });
  });

  test.each([
    '7',
    '1.0',
    '1e0',
    '12.50e1',
    '1.5',
    '0.1',
    '3.14159265358979323846',
    '9007199254740993',
    '-1.00000000000000000001',
    '1e400',
    '0.0',
    '-0',
  ])('reads %s as JSON.parse does', (number) => {
    for (const json of [number, `{"a":${number}}`, `[1.5, ${number}\n]`])
      expect(parseExactly(json)).toEqual(JSON.parse(json));
  });

  test('leaves texts alone, whatever is in them', () => {
    const value = { 'k\\"1.00000000000000000001,': '\\', b: ['"1.00000000000000000001]', '1.5}'], c: 2.5 };
    expect(parseExactly(JSON.stringify(value))).toEqual(value);
  });

  test('takes time in proportion to the text', () => {
    const texts = ['1e', '1.1', '1.5,', '0', '\\\\"1.5,'].map((text) =>
      JSON.stringify({ text: text.repeat(100_000), a: 1.5 }),
    );
    for (const json of texts) expect(parseExactly(json)).toEqual(JSON.parse(json));
    expect(parseExactly(`[1.${'0'.repeat(1_000_000)}1]`)).toHaveLength(1);
  }, 5_000);
});
