import { createInbox, headers as natsHeaders } from '@nats-io/transport-node';
import { natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { rawMessage, sendRaw } from '../support/send-raw.js';
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

const KB_16 = 16_384;
/** Long, and within what is read. */
const LONG: readonly [string, () => string][] = [
  [
    '1,000 unknown names',
    () => JSON.stringify(Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`name${i}`, 1]))),
  ],
  ['one very long name', () => JSON.stringify({ ['x'.repeat(16_000)]: 1 })],
  ['a text and no object', () => JSON.stringify('x'.repeat(16_000))],
  ['a long value', () => JSON.stringify({ type: 'x'.repeat(16_000) })],
  ['a long search', () => JSON.stringify({ search: 'x'.repeat(16_000) })],
  ['a long list', () => JSON.stringify({ limit: new Array(8_000).fill(1) })],
  ['control characters, which JSON spells with six', () => JSON.stringify({ ['\u0001'.repeat(2_700)]: 1 })],
  ['a long number', () => `{"limit":${'1'.repeat(16_000)}}`],
];
const TOO_LONG: readonly [string, () => string][] = [
  ['one byte more than 16 KB', () => JSON.stringify({ search: 'x'.repeat(KB_16 - 12) })],
  ['a long search', () => JSON.stringify({ search: 'x'.repeat(1_000_000) })],
  ['nested lists', () => nested('[', ']', 500_000)],
  ['nested objects', () => nested('{"a":', '}', 160_000)],
  ['nested lists without an end', () => '['.repeat(1_000_000)],
  ['no JSON', () => 'x'.repeat(1_000_000)],
];

/** Number, as JSON spells it, and the name of its parameter. */
const INEXACT: readonly [string, string][] = [
  ['{"limit":1.00000000000000000001}', 'limit'],
  ['{"limit":50,"offset":1e-400}', 'offset'],
  ['{"customerId":9007199254740993}', 'customerId'],
  ['{"limit":1e400}', 'limit'],
  ['{"offset":-0}', 'offset'],
  ['{"pattern":"x","id":"a","data":{"offset":1e-400}}', 'offset'],
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

  test.each(LONG)('that is wrong and long is a 400: %s', async (_, body) => {
    expect(body().length).toBeLessThanOrEqual(KB_16);
    const reply = await world.doors.nats(body());
    expect(reply.json()).toMatchObject({ statusCode: 400 });
    expect(reply.headers.get('nats-service-error-code')).toBe('400');
  });

  test.each(TOO_LONG)('of more than 16 KB is a 413, and is not read: %s', async (_, body) => {
    expect(expectNatsError(await world.doors.nats(body()), 413)).toMatch(/16384/);
  });

  test('of 16 KB to the byte is read', async () => {
    const body = `{"limit":1}${' '.repeat(KB_16 - 11)}`;
    expect((await world.doors.nats(body)).status).toBe(200);
    expectNatsError(await world.doors.nats(`${body} `), 413);
  });

  test('of more than 16 KB from a Nest requester is refused in its envelope', async () => {
    const data = { search: 'x'.repeat(100_000) };
    const reply = await world.doors.nats(JSON.stringify({ pattern: 'x', data, id: 'a1b2' }));
    expect(reply.json()).toMatchObject({ err: { statusCode: 413 }, isDisposed: true, id: 'a1b2' });
  });

  test('with a parameter beside the data of a Nest envelope is a 400, in the envelope', async () => {
    const { err } = (await world.doors.nats('{"pattern":"x","data":{"limit":1},"id":"a","customerId":7}')).json<{
      err: { message: string };
    }>();
    expect(err).toMatchObject({ statusCode: 400, details: [{ param: 'customerId' }] });
    expect(err.message).toContain('put it into data');
  });

  test('keeps nobody waiting, however many of them are too long', async () => {
    const { nats, prefix } = world.stream;
    const hostile = nested('{"a":', '}', 160_000);
    const reply = createInbox();
    for (let i = 0; i < 50; i += 1) nats.publish(`${prefix}.list`, hostile, { reply });
    await nats.flush();
    const startedAt = performance.now();
    expect((await world.doors.http('?limit=1')).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test.each([10, 1_000, 2_700])('that nests %d levels deep is a 400', async (depth) => {
    problemWith('limit', await world.doors.nats(nested('[', ']', depth)));
    problemWith('limit', await world.doors.nats(nested('{"a":', '}', depth)));
  });

  test('that nests as deep as fits into a body is a 400', async () => {
    problemWith('limit', await world.doors.nats(nested('[', ']', 8_000)));
  });

  test.each(INEXACT)('with a number that cannot be read exactly is a 400: %s', async (body, param) => {
    const reply = await world.doors.nats(body);
    expect(reply.headers.get('nats-service-error-code')).toBe('400');
    expect(reply.body).toContain(`"param":"${param}"`);
    expect(reply.body).toContain(/-?[\d.]{2,}[\de.-]*|-0|1e-?400/.exec(body.replace('"limit":50', ''))![0]);
  });

  test('with numbers spelt otherwise is read', async () => {
    expect((await world.doors.nats('{"limit":1.0,"offset":0e5,"customerId":1e2}')).status).toBe(200);
  });

  test('with more headers than are read is a 413', async () => {
    const { nats, prefix } = world.stream;
    const many = natsHeaders();
    for (let i = 0; i < 300; i += 1) many.append('x', String(i));
    const long = natsHeaders();
    long.set('x', 'y'.repeat(900_000));
    for (const headers of [many, long]) {
      const message = await nats.request(`${prefix}.list`, '', { headers, timeout: 5_000 });
      expect(message.headers?.get('Nats-Service-Error-Code')).toBe('413');
    }
  });

  test('with headers that are none is a 400', async () => {
    const { natsUrl, prefix, nats } = world.stream;
    const inbox = createInbox();
    const answer = new Promise<string>((resolve) => {
      nats.subscribe(inbox, {
        callback: (_, message) => resolve(message.headers?.get('Nats-Service-Error-Code') ?? ''),
      });
    });
    await nats.flush();
    const headers = 'NATS/1.0\r\na (b): c\r\n\r\n';
    await sendRaw(natsUrl, rawMessage(`${prefix}.list`, headers, '', inbox));
    expect(await answer).toBe('400');
  });

  test('with several Authorization headers is a 400, with several request ids gets one made here', async () => {
    const { nats, prefix } = world.stream;
    for (const names of [
      ['Authorization', 'Authorization'],
      ['Authorization', 'authorization'],
    ]) {
      const headers = natsHeaders();
      for (const name of names) headers.append(name, `Bearer ${await signToken()}`);
      const message = await nats.request(`${prefix}.list`, '', { headers, timeout: 5_000 });
      expect(message.headers?.get('Nats-Service-Error-Code')).toBe('400');
      expect(message.string()).toContain('Authorization');
    }
    const headers = natsHeaders();
    for (const name of ['X-Request-Id', 'x-request-id']) headers.append(name, 'mine');
    const message = await nats.request(`${prefix}.list`, '', { headers, timeout: 5_000 });
    expect(message.headers?.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
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
