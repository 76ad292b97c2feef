import { readableJson } from './readable-json.js';

const masked = (text: string) => readableJson(text, false);

describe('readableJson', () => {
  test('indents as JSON.stringify does', () => {
    const value = { a: [], b: {}, c: [1, [2, { d: 'e' }]], f: null, 'g "h"': true, i: -1.5e9 };
    expect(masked(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    expect(masked(' [ ] ')).toBe('[]');
    expect(masked('"text: {}[],"')).toBe('"text: {}[],"');
  });

  test('is undefined for what is no JSON', () => {
    expect(masked('{"a":1')).toBeUndefined();
    expect(masked('')).toBeUndefined();
  });

  test('leaves literals as they were sent', () => {
    expect(masked('{"id":90071992547409931234,"id":1.0,"c":"\\ud800\\u0000"}')).toBe(
      '{\n  "id": 90071992547409931234,\n  "id": 1.0,\n  "c": "\\ud800\\u0000"\n}',
    );
  });

  test.each([20_000, 400_000])('takes %d levels, and indents the first 20 of them', (levels) => {
    const lines = masked('['.repeat(levels) + ']'.repeat(levels))!.split('\n');
    expect(lines).toHaveLength(2 * levels - 1);
    expect(lines[20]).toBe(`${'  '.repeat(20)}[`);
    expect(lines.every((line) => line.length <= 42)).toBe(true);
  });

  test('takes a text of many megabytes', () => {
    const text = `"${'a\\n'.repeat(4_000_000)}"`;
    expect(masked(text)).toHaveLength(text.length);
  });

  test.each([
    ['{"uid":"A7E942F1C8"}', '{"uid":"***C8"}'],
    ['{"LABEL":"DK.SPI.V03198","x":"y"}', '{"LABEL":"***98","x":"y"}'],
    ['{"\\u0075id":"A7E942F1C8"}', '{"\\u0075id":"***C8"}'],
    ['{"uid":1234567890,"n":1}', '{"uid":"***90","n":1}'],
    ['{"uid":null}', '{"uid":null}'],
    ['{"uid":["A7E942F1C8",{"x":"A7E942F1C8"}],"y":"z"}', '{"uid":["***C8",{"x":"***C8"}],"y":"z"}'],
    ['{"data":"{\\"uid\\":\\"A7E942F1C8\\"}"}', '{"data":"{\\"uid\\":\\"***C8\\"}"}'],
    ['{"data":"{\\"\\\\u0075id\\":\\"A7E942F1C8\\"}"}', '{"data":"{\\"\\\\u0075id\\":\\"***C8\\"}"}'],
    ['{"data":"{ \\"id\\":1.0}"}', '{"data":"{\\"id\\":1.0}"}'],
    ['{"comment":"uid=04A7E942F1C8;label:OHara"}', '{"comment":"***ra"}'],
    ['"<uid>A7E942F1C8</uid>"', '"***d>"'],
    ['{"data_base64":"eyJ1aWQiOiJBNyJ9"}', '{"data_base64":"***J9"}'],
  ])('masks %j', (text, expected) => {
    expect(masked(text)!.replace(/\s/g, '')).toBe(expected);
  });

  test('masks nothing when told to reveal', () => {
    expect(readableJson('{"uid":"A7E942F1C8"}', true)).toBe('{\n  "uid": "A7E942F1C8"\n}');
  });
});
