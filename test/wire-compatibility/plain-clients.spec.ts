import { headers as newHeaders } from '@nats-io/transport-node';
import {
  connect as connectLegacy,
  headers as legacyHeaders,
  JSONCodec,
  StringCodec,
  type NatsConnection as Legacy,
} from 'nats';
import { startWorld, type World } from '../query/world.js';
import { atEnd } from '../support/at-end.js';
import { signToken } from '../support/jwt.js';
import { TOKENS } from './tokens.js';

interface Answer {
  readonly body: string;
  readonly header: (name: string) => string | undefined;
}
type Ask = (subject: string, body?: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

let world: World;
let legacy: Legacy;

beforeAll(async () => {
  world = await startWorld(TOKENS);
  legacy = await connectLegacy({ servers: world.stream.natsUrl.split(',') });
  atEnd('closing a legacy NATS connection', () => legacy.close());
});

/** nats.js 3, the client of today. */
const askCurrent: Ask = async (subject, body, headers = {}) => {
  const sent = newHeaders();
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  const message = await world.stream.nats.request(`${world.stream.prefix}.${subject}`, body, {
    headers: sent,
    timeout: 5_000,
  });
  return { body: message.string(), header: (name) => message.headers?.get(name) };
};

/** The package `nats` 2.x, which many still run. */
const askLegacy: Ask = async (subject, body, headers = {}) => {
  const sent = legacyHeaders();
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  const codec = StringCodec();
  const payload = body === undefined ? undefined : codec.encode(body);
  const message = await legacy.request(`${world.stream.prefix}.${subject}`, payload, { headers: sent, timeout: 5_000 });
  return { body: codec.decode(message.data), header: (name) => message.headers?.get(name) };
};

describe.each([
  ['nats.js 3', askCurrent],
  ['nats 2.x', askLegacy],
])('a plain client on %s', (_, ask) => {
  test('gets the bare page for no body at all, for an empty object and for parameters', async () => {
    const { body } = await world.doors.http('');
    expect((await ask('list')).body).toBe(body);
    expect((await ask('list', '')).body).toBe(body);
    expect((await ask('list', '{}')).body).toBe(body);
    const one = await world.doors.http('?limit=1&isActive=true&search=dk');
    expect((await ask('list', '{"limit":1,"isActive":true,"search":"dk"}')).body).toBe(one.body);
  });

  test('gets one token bare', async () => {
    expect(JSON.parse((await ask('get', '{"id":1}')).body)).toEqual(world.tokens.find(({ id }) => id === 1));
  });

  test('gets the headers of the answer', async () => {
    const answer = await ask('list', '', { 'X-Request-Id': 'mine' });
    expect(answer.header('X-Request-Id')).toBe('mine');
    expect(answer.header('X-Total-Count')).toBe('3');
    expect(answer.header('X-Read-Position')).toBe('3');
    expect(answer.header('X-Read-Lag-Ms')).toMatch(/^\d+$/);
    expect(answer.header('Nats-Service-Error-Code') ?? '').toBe('');
  });

  test('gets an error bare, with the headers of the micro protocol', async () => {
    const answer = await ask('list', '{"limit":0}');
    const error = JSON.parse(answer.body) as { statusCode: number; message: string };
    expect(error.statusCode).toBe(400);
    expect(answer.header('Nats-Service-Error')).toBe(error.message);
    expect(answer.header('Nats-Service-Error-Code')).toBe('400');
  });

  test('is held to a JWT that it sends', async () => {
    const Authorization = `Bearer ${await signToken({ customerIds: [2] })}`;
    expect(JSON.parse((await ask('list', '', { Authorization })).body)).toMatchObject({ data: [{ id: 2 }], count: 1 });
  });
});

test("the legacy client's own JSON codec reads and writes what goes over the wire", async () => {
  const codec = JSONCodec();
  const message = await legacy.request(`${world.stream.prefix}.list`, codec.encode({ limit: 1, sortDirection: 'asc' }));
  expect(codec.decode(message.data)).toMatchObject({ data: [{ id: 1, comment: 'Grüße 充電 🚗' }], count: 3 });
});

test('a client that gathers replies by itself, without a request helper, gets exactly one', async () => {
  const replies: string[] = [];
  const inbox = `_INBOX.${world.stream.name}`;
  const subscription = legacy.subscribe(inbox, { callback: (_, message) => replies.push(message.string()) });
  legacy.publish(`${world.stream.prefix}.list`, StringCodec().encode('{"limit":1}'), { reply: inbox });
  // What is asked later is answered later: when this answer is here, so would a second one be.
  const { body } = await askLegacy('list', '{"limit":1}');
  await legacy.flush();
  expect(replies).toEqual([body]);
  subscription.unsubscribe();
});
