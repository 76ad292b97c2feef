import { createInbox, headers as natsHeaders } from '@nats-io/transport-node';
import { natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { problemWith } from './bad-request.js';
import { expectNatsError } from './service-error.js';
import { startWorld, type World } from './world.js';

const NO_OBJECT = ['null', '5', 'true', '"text"', '""', '[]', '[{}]', '[{"limit":5}]', ' 1 '];
const NO_JSON = [
  '{',
  '{"limit":5',
  '{limit:5}',
  "{'limit':5}",
  'limit=5',
  '{"limit":5}{"limit":6}',
  '{"limit":05}',
  '{"limit":NaN}',
  ' ',
  '\0',
  '<limit>5</limit>',
];
const NO_UTF_8: readonly [string, number[]][] = [
  ['a lone continuation byte', [0x7b, 0x80, 0x7d]],
  ['Latin-1 in a text', [...Buffer.from('{"search":"'), 0xe6, ...Buffer.from('"}')]],
  ['a surrogate in UTF-8', [...Buffer.from('{"search":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')]],
  ['an overlong slash', [...Buffer.from('{"search":"'), 0xc0, 0xaf, ...Buffer.from('"}')]],
  ['UTF-16', [...Buffer.from('{"limit":5}', 'utf16le')]],
  ['random bytes', [0xff, 0xfe, 0x00, 0x01]],
];

/** Larger than an answer may be, once each of them is quoted in one. */
const LARGE: readonly [string, () => string][] = [
  [
    '20,000 unknown names',
    () => JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`name${i}`, 1]))),
  ],
  ['one very long name', () => JSON.stringify({ ['x'.repeat(1_040_000)]: 1 })],
  ['a text and no object', () => JSON.stringify('x'.repeat(1_000_000))],
  ['a long value', () => JSON.stringify({ type: 'x'.repeat(1_000_000) })],
  ['a long search', () => JSON.stringify({ search: 'x'.repeat(1_000_000) })],
  ['a long list', () => JSON.stringify({ limit: new Array(400_000).fill(1) })],
  ['control characters, which JSON spells with six', () => JSON.stringify({ ['\u0001'.repeat(170_000)]: 1 })],
];

const nested = (open: string, close: string, depth: number) => `{"limit":${open.repeat(depth)}1${close.repeat(depth)}}`;

describe('a request over NATS', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([]);
  });

  const ask = (body: string | Uint8Array) => {
    const { nats, prefix } = world.stream;
    return nats.request(`${prefix}.list`, body, { timeout: 5_000 });
  };

  test.each(NO_OBJECT)('that is JSON but no object is a 400: %s', async (body) => {
    expect(expectNatsError(await world.doors.nats(body), 400)).toMatch(/JSON object/);
  });

  test.each(NO_JSON)('that is no JSON is a 400: %j', async (body) => {
    expect(expectNatsError(await world.doors.nats(body), 400)).toMatch(/not JSON/);
  });

  test.each(NO_UTF_8)('that is no UTF-8 is a 400: %s', async (_, bytes) => {
    const message = await ask(Uint8Array.from(bytes));
    expect(message.headers?.get('Nats-Service-Error-Code')).toBe('400');
    expect(JSON.parse(message.string())).toMatchObject({ statusCode: 400, error: 'Bad Request' });
  });

  test('without a reply subject does no harm', async () => {
    const { nats, prefix } = world.stream;
    for (const body of ['', '{"limit":5}', '{', 'null', '{"pattern":"x","data":{}}'])
      nats.publish(`${prefix}.list`, body);
    nats.publish(`${prefix}.get`, '{"id":1}');
    await nats.flush();
    expect((await world.doors.list()).status).toBe(200);
    const errors = world.query.logs.filter(({ level }) => level >= 50);
    expect(errors).toEqual([]);
  });

  test.each(LARGE)('that is wrong and large is answered all the same: %s', async (_, body) => {
    const reply = await world.doors.nats(body());
    expect(reply.json()).toMatchObject({ statusCode: 400 });
    expect(reply.headers.get('nats-service-error-code')).toBe('400');
  });

  test.each([10, 1_000, 10_000, 100_000])('that nests %d levels deep is a 400', async (depth) => {
    problemWith('limit', await world.doors.nats(nested('[', ']', depth)));
    problemWith('limit', await world.doors.nats(nested('{"a":', '}', depth)));
  });

  test('to a subject that is not there has nobody to answer it', async () => {
    const { nats, prefix } = world.stream;
    await expect(nats.request(`${prefix}.nothing`, '', { timeout: 2_000 })).rejects.toThrow(/no responders/i);
    await expect(nats.request(`${prefix}.list.more`, '', { timeout: 2_000 })).rejects.toThrow(/no responders/i);
  });

  test('whose requester has gone does no harm', async () => {
    const { nats, prefix } = world.stream;
    nats.publish(`${prefix}.list`, '', { reply: createInbox() });
    await nats.flush();
    expect((await world.doors.list()).status).toBe(200);
  });

  test.each([
    '{}',
    '{"id":null}',
    '{"id":"abc"}',
    '{"id":0}',
    '{"id":1.5}',
    '{"id":[1]}',
    '{"id":"05"}',
    '{"id":{}}',
    '',
  ])('for one token without a sound id is a 400: %s', async (body) => {
    problemWith('id', await world.doors.nats(body, 'get'));
  });

  test('for one token with an unknown parameter is a 400', async () => {
    problemWith('limit', await world.doors.nats({ id: 1, limit: 1 }, 'get'));
  });

  test('has its headers read whatever the case of their names', async () => {
    const { nats, prefix } = world.stream;
    const reply = await natsRequest(nats, `${prefix}.list`, '', { 'X-REQUEST-ID': 'shouted' });
    expect(reply.headers.get('x-request-id')).toBe('shouted');
  });

  test('is one of a thousand at once, all answered, each once', async () => {
    const { nats, prefix } = world.stream;
    const inbox = createInbox();
    const seen = new Map<string, number>();
    const subscription = nats.subscribe(inbox, {
      callback: (_, message) => {
        const limit = message.headers?.get('X-Request-Id') ?? '';
        seen.set(limit, (seen.get(limit) ?? 0) + 1);
      },
    });
    for (let i = 0; i < 1_000; i += 1) {
      const sent = natsHeaders();
      sent.set('X-Request-Id', `flood-${i}`);
      nats.publish(`${prefix}.list`, i % 2 ? '{"limit":1}' : '{"limit":0}', { reply: inbox, headers: sent });
    }
    await eventually('1,000 answers', () => seen.size === 1_000);
    await nats.flush();
    expect(Math.max(...seen.values())).toBe(1);
    subscription.unsubscribe();
  });
});
