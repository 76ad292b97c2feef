import { readablePayload } from './readable-payload.js';

const TEXT = 'uid=04 A2 A7E942F1C8 77; label: Mr Ohara Smith';

describe('readablePayload', () => {
  test('shows JSON', () => {
    expect(readablePayload(Buffer.from('{"id":7}'), false)).toEqual({ kind: 'json', text: '{\n  "id": 7\n}' });
  });

  test.each([
    ['text', TEXT],
    ['text', '<uid>A7E942F1C8</uid>'],
    ['text', '{"id":7'],
    ['text', ''],
  ])('keeps back what is %s but no JSON: %j', (kind, text) => {
    expect(readablePayload(Buffer.from(text), false)).toEqual({ kind, text: null });
    expect(readablePayload(Buffer.from(text), true)).toEqual({ kind, text });
  });

  test('keeps back what is no UTF-8, and reveals it in hexadecimal', () => {
    const payload = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('uid', 'utf16le')]);
    expect(readablePayload(payload, false)).toEqual({ kind: 'hex', text: null });
    expect(readablePayload(payload, true)).toEqual({
      kind: 'hex',
      text: expect.stringMatching(/^00000000 {2}ff fe 75 00 69 00 64 00 +\.\.u\.i\.d\.$/) as string,
    });
  });

  test('keeps back UTF-16 without a mark, which is UTF-8 by its bytes', () => {
    expect(readablePayload(Buffer.from(TEXT, 'utf16le'), false)).toEqual({ kind: 'text', text: null });
  });
});
