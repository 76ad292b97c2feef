import { decode } from './decode.js';

const token = {
  id: 67890,
  version: 7,
  customerId: 67890,
  identifier: { type: 'rfid', uid: 'A7E942F1C8D036B5A429', label: 'DK.SPI.V03198', appUserId: 12345 },
  createdAt: '2025-06-03T12:00:00.000Z',
  updatedAt: '2025-06-03T14:00:00.1239+02:00',
  validFrom: '2025-06-03t12:00:00z',
  expiresAt: null,
  isActive: true,
  roamingEnabled: true,
  priorityChargingEnabled: false,
  billingReference: null,
  comment: null,
};
const cloudEvent = {
  specversion: '1.0',
  id: '0f8a',
  source: '/token-service',
  type: 'token.updated',
  time: '2025-06-03T12:00:00.000Z',
  datacontenttype: 'application/json',
  data: token,
};

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const event = (changes: object) => bytes({ ...cloudEvent, ...changes });
const data = (changes: object) => event({ data: { ...token, ...changes } });

describe('decode', () => {
  test('reads a structured CloudEvent and brings its times to UTC milliseconds', () => {
    expect(decode(bytes(cloudEvent))).toEqual({
      kind: 'event',
      event: {
        type: 'token.updated',
        eventId: '0f8a',
        time: '2025-06-03T12:00:00.000Z',
        data: { ...token, updatedAt: '2025-06-03T12:00:00.123Z', validFrom: '2025-06-03T12:00:00.000Z' },
      },
    });
  });

  test('reads a binary CloudEvent from headers, whatever their case, percent-decoded', () => {
    const headers: [string, string[]][] = [
      ['CE-specversion', ['1.0']],
      ['ce-id', ['a%20b']],
      ['ce-source', ['/token-service']],
      ['ce-type', ['token.erased']],
      ['ce-time', ['2025-06-03T12:00:00Z']],
      ['content-type', ['application/json']],
    ];
    expect(decode(bytes({ id: 5, version: 2 }), headers)).toEqual({
      kind: 'event',
      event: { type: 'token.erased', eventId: 'a b', time: '2025-06-03T12:00:00.000Z', data: { id: 5, version: 2 } },
    });
  });

  test('takes a body for the event when its content type says structured, even beside ce- headers', () => {
    const headers: [string, string[]][] = [
      ['ce-type', ['other']],
      ['content-type', ['application/cloudevents+json; charset=utf-8']],
    ];
    expect(decode(bytes(cloudEvent), headers).kind).toBe('event');
  });

  test('ignores unknown attributes and unknown fields of data', () => {
    const decoded = decode(event({ traceparent: 'x', data: { ...token, colour: 'red', note: 'a\u0000' } }));
    expect(decoded.kind === 'event' && Object.keys(decoded.event.data)).toEqual(Object.keys(token));
  });

  test('keeps the fields of its schema in the order of the schema, whatever the order in which they came', () => {
    const backwards = Object.fromEntries(Object.entries(token).reverse());
    const decoded = decode(event({ data: { ...backwards, colour: 'red' } }));
    expect(decoded.kind === 'event' && Object.keys(decoded.event.data)).toEqual(Object.keys(token));
  });

  test.each([
    ['token-group.tokens-added', { tokenGroupId: 5, version: 3, tokenIds: [67890] }],
    ['token-group.tokens-removed', { tokenGroupId: 5, version: 3, tokenIds: [67890, 67891] }],
    ['token-group.deleted', { tokenGroupId: 5, version: 4 }],
    ['token.erased', { id: 67890, version: 8 }],
  ])('keeps nothing but the known fields of %s', (type, known) => {
    const decoded = decode(event({ type, data: { colour: 'red', ...known } }));
    expect(decoded.kind === 'event' && decoded.event.data).toEqual(known);
  });

  test('takes texts up to their bounds, counted in code points', () => {
    const identifier = { ...token.identifier, uid: '😀'.repeat(255), label: '😀'.repeat(255) };
    const longest = { identifier, billingReference: '😀'.repeat(1_000), comment: '😀'.repeat(4_000) };
    const attributes = { id: '😀'.repeat(1_000), source: 'x'.repeat(1_000) };
    expect(decode(event({ ...attributes, data: { ...token, ...longest } }))).toMatchObject({ kind: 'event' });
    expect(decode(event({ type: '😀'.repeat(1_000) }))).toMatchObject({ kind: 'skipped' });
  });

  test.each([
    ['data.identifier.uid', data({ identifier: { ...token.identifier, uid: '😀'.repeat(256) } })],
    ['data.identifier.label', data({ identifier: { ...token.identifier, label: 'x'.repeat(256) } })],
    ['data.billingReference', data({ billingReference: 'x'.repeat(1_001) })],
    ['data.comment', data({ comment: '😀'.repeat(4_001) })],
    ['"id"', event({ id: 'x'.repeat(1_001) })],
    ['"source"', event({ source: '😀'.repeat(1_001) })],
    ['"type"', event({ type: 'x'.repeat(1_001) })],
  ])('rejects a longer text, naming it: %s', (name, payload) => {
    const decoded = decode(payload);
    expect(decoded).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/has more than \d+ characters$/) as string,
    });
    expect(decoded.kind === 'rejected' && decoded.reason).toContain(name);
    expect(JSON.stringify(decoded).length).toBeLessThan(300);
  });

  test.each([
    ['with data that fits nothing', event({ type: 'token.painted', data: 7 })],
    ['without any other attribute', bytes({ type: 'invoice.sent' })],
  ])('skips an unknown type %s', (_, payload) => {
    expect(decode(payload)).toMatchObject({ kind: 'skipped' });
  });

  test('skips an unknown type in binary mode without looking at its body', () => {
    expect(decode(bytes('\x00 not json'), [['ce-type', ['other']]])).toEqual({ kind: 'skipped', type: 'other' });
  });

  test.each<[string, Uint8Array, string]>([
    ['an empty body', bytes(''), 'the message body is empty'],
    ['no JSON', bytes('{"a":'), 'the message body is not JSON'],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'the message body is not UTF-8'],
    ['a JSON list', bytes([cloudEvent]), 'the message body is JSON but no object, so it is no CloudEvent'],
    ['JSON null', bytes('null'), 'the message body is JSON but no object, so it is no CloudEvent'],
    ['no type', event({ type: undefined }), 'the CloudEvents attribute "type" is missing or no text'],
    ['another specversion', event({ specversion: '0.3' }), 'the CloudEvents attribute "specversion" must be "1.0"'],
    ['no id', event({ id: '' }), 'the CloudEvents attribute "id" is missing or no text'],
    ['no source', event({ source: undefined }), 'the CloudEvents attribute "source" is missing or no text'],
    ['no time', event({ time: undefined }), 'the CloudEvents attribute "time" is missing or no text'],
    [
      'a time that is none',
      event({ time: 'yesterday' }),
      'the CloudEvents attribute "time" is no RFC 3339 date-time with a zone',
    ],
    ['no data', event({ data: undefined }), 'the CloudEvents member "data" is missing'],
    ['data of the wrong kind', event({ data: 'x' }), 'data must be object'],
    ['a missing field', data({ customerId: undefined }), 'data.customerId is missing'],
    [
      'an id beyond 2^53',
      data({ id: 9_007_199_254_740_992 }),
      'data.id must be a safe integer from 1 to 9007199254740991, found 9007199254740992',
    ],
    ['an id of zero', data({ id: 0 }), 'data.id must be a safe integer from 1 to 9007199254740991, found 0'],
    [
      'an id that would be rounded to one',
      bytes(JSON.stringify(cloudEvent).replace('"id":67890', '"id":67890.00000000000000000001')),
      'data.id must be integer',
    ],
    [
      'a number that would be rounded to an integer, in the place of a text',
      bytes(JSON.stringify(cloudEvent).replace(/"comment":(?:null|"[^"]*")/, '"comment":1.00000000000000000001')),
      'data.comment must be string,null',
    ],
    ['a fractional version', data({ version: 1.5 }), 'data.version must be integer'],
    ['a text for a number', data({ customerId: '7' }), 'data.customerId must be integer'],
    [
      'an unknown token type',
      data({ identifier: { ...token.identifier, type: 'nfc' } }),
      'data.identifier.type must be one of rfid, virtual, vehicleId',
    ],
    [
      'an empty uid',
      data({ identifier: { ...token.identifier, uid: '' } }),
      'data.identifier.uid must NOT have fewer than 1 characters',
    ],
    ['a NUL in a text', data({ comment: 'a\u0000b' }), 'data.comment holds a NUL character or a lone surrogate'],
    [
      'a lone surrogate in a text',
      data({ billingReference: '\ud83d' }),
      'data.billingReference holds a NUL character or a lone surrogate',
    ],
    [
      'a NUL in the uid',
      data({ identifier: { ...token.identifier, uid: '04\u0000' } }),
      'data.identifier.uid holds a NUL character or a lone surrogate',
    ],
    [
      'a time without zone',
      data({ validFrom: '2025-06-03T12:00:00' }),
      'data.validFrom has no zone: write 2025-06-03T12:00:00Z',
    ],
    [
      '30 February',
      data({ validFrom: '2025-02-30T12:00:00Z' }),
      'data.validFrom names a day that is not in the calendar',
    ],
    [
      '29 February of no leap year',
      data({ createdAt: '2023-02-29T12:00:00Z' }),
      'data.createdAt names a day that is not in the calendar',
    ],
    [
      "24 o'clock",
      data({ expiresAt: '2025-06-03T24:00:00Z' }),
      'data.expiresAt names a time of day that does not exist',
    ],
    [
      'the year 0',
      data({ expiresAt: '0000-06-03T12:00:00Z' }),
      'data.expiresAt lies outside the years 0001 to 9999 (UTC)',
    ],
    [
      'too many members',
      event({
        type: 'token-group.tokens-added',
        data: { tokenGroupId: 1, version: 1, tokenIds: Array.from({ length: 1001 }, (_, i) => i + 1) },
      }),
      'data.tokenIds must NOT have more than 1000 items',
    ],
    [
      'no members',
      event({ type: 'token-group.tokens-removed', data: { tokenGroupId: 1, version: 1, tokenIds: [] } }),
      'data.tokenIds must NOT have fewer than 1 items',
    ],
  ])('rejects %s with its reason', (_, payload, reason) => {
    expect(decode(payload)).toMatchObject({ kind: 'rejected', reason });
  });

  test('accepts 29 February of a leap year, the year 2999 and a hundred emoji', () => {
    const decoded = decode(
      data({ validFrom: '2024-02-29T00:00:00Z', expiresAt: '2999-01-01T00:00:00Z', comment: '😀'.repeat(100) }),
    );
    expect(decoded.kind).toBe('event');
  });

  test('tells what it can of a rejected event: type, event id and token id, never a text of the token', () => {
    expect(decode(data({ comment: 'a\u0000b' }))).toMatchObject({
      type: 'token.updated',
      eventId: '0f8a',
      tokenId: 67890,
    });
  });
});
