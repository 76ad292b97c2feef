import { flawIn } from './unsafe-json.js';

describe('the key given twice', () => {
  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"pattern":"x","data":{"limit":1,"limit":2}}', 'limit'],
    ['{"a":"x","\\u0061":2}', 'a'],
    ['{"a":[{"b":1},{"b":1,"c":{},"b":2}]}', 'b'],
  ])('of %s is %s', (json, key) => {
    expect(flawIn(json)).toEqual({ kind: 'given twice', key, found: '' });
  });
});

describe('a number that cannot be read exactly', () => {
  test.each([
    ['{"limit":1.00000000000000000001}', 'limit', '1.00000000000000000001'],
    ['{"a":{"b":1},"offset":1e-400}', 'offset', '1e-400'],
    ['{"data":{"customerId":9007199254740993}}', 'customerId', '9007199254740993'],
    ['{"ids":[1,[9007199254740993]]}', 'ids', '9007199254740993'],
    ['{"a":1,"b":[{"c":1}],"limit":1e400}', 'limit', '1e400'],
    ['{"a":{"x":2},"offset":-0}', 'offset', '-0'],
    ['{"offset":-0.0e5}', 'offset', '-0.0e5'],
    ['{"offset":0.1000000000000000055511151231257827}', 'offset', '0.1000000000000000055511151231257827'],
    ['1e999', '', '1e999'],
  ])('is found in %s', (json, key, found) => {
    expect(flawIn(json)).toEqual({ kind: 'not exact', key, found });
  });
});

describe('nothing is wrong', () => {
  test.each([
    '{}',
    '[]',
    '5',
    '""',
    '{"a":1,"b":1}',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"a":{"a":{"a":1}}}',
    '{"a":"\\"a\\":1,","b":1}',
    '[{"a":1},{"a":1}]',
    '{"a":"1e400","b":"-0"}',
    '[0,0.0,0e5,1.0,1.50,1e2,1E+2,100e-2,-5,0.1,1e21,1.7976931348623157e308,5e-324,9007199254740991,123456789012345680000]',
  ])('with %s', (json) => {
    expect(flawIn(json)).toBeUndefined();
  });

  test('however long and deep it is, in little time', () => {
    const lines = [
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      JSON.stringify('\\"'.repeat(300_000)),
      `[${'1,'.repeat(300_000)}1]`,
      `1${'0'.repeat(300)}`,
    ];
    const startedAt = performance.now();
    for (const line of lines) expect(flawIn(line)?.kind).not.toBe('given twice');
    expect(flawIn(`0.${'0'.repeat(400_000)}1`)).toMatchObject({ kind: 'not exact' });
    expect(flawIn(`{"a":1${'0'.repeat(100)}1${'0'.repeat(100)}}`)).toMatchObject({ kind: 'not exact' });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
