import { duplicateKey } from './duplicate-key.js';

describe('the key given twice', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"pattern":"x","data":{"limit":1,"limit":2}}', 'limit'],
    ['{"a":"x","\\u0061":2}', 'a'],
    ['{"a":[{"b":1},{"b":1,"c":{},"b":2}]}', 'b'],
  ])('of %s is %s', (json, key) => {
    expect(duplicateKey(json)).toBe(key);
  });

  it.each([
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
  ])('does not exist in %s', (json) => {
    expect(duplicateKey(json)).toBeUndefined();
  });
});
