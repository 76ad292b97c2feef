import { connect, JSONCodec, type NatsConnection } from 'nats';
import { startWorld, type World } from '../query/world.js';
import { atEnd } from '../support/at-end.js';
import { TOKENS } from './tokens.js';

/** What a ClientProxy of Nest 11 puts on the wire, which runs on the package `nats` 2.x. */
interface Envelope {
  readonly pattern: unknown;
  readonly id: string;
  readonly data?: unknown;
}

interface Reply {
  readonly err?: { readonly statusCode: number };
  readonly response?: { readonly data: unknown[]; readonly count: number };
  readonly isDisposed: boolean;
  readonly id: string;
}

describe("the envelope of Nest 11's client", () => {
  let world: World;
  let nats: NatsConnection;

  beforeAll(async () => {
    world = await startWorld(TOKENS);
    nats = await connect({ servers: world.stream.natsUrl.split(',') });
    atEnd('closing a legacy NATS connection', () => nats.close());
  });

  const ask = async (envelope: Envelope, subject = 'list'): Promise<{ reply: Reply; text: string; code: string }> => {
    const message = await nats.request(`${world.stream.prefix}.${subject}`, JSONCodec().encode(envelope), {
      timeout: 5_000,
    });
    const code = message.headers?.get('Nats-Service-Error-Code') ?? '';
    return { reply: message.json(), text: message.string(), code };
  };
  const of = (data: unknown, id = 'f3a1'): Envelope => ({ pattern: `${world.stream.prefix}.list`, data, id });

  test('is answered by {response, isDisposed, id}, the response byte for byte as on HTTP', async () => {
    const { body } = await world.doors.http('?limit=2');
    const { text } = await ask(of({ limit: 2 }));
    expect(text).toBe(`{"response":${body},"isDisposed":true,"id":"f3a1"}`);
  });

  test.each([
    ['left out', () => ({ pattern: 'x', id: 'a' })],
    ['null', () => ({ pattern: 'x', id: 'a', data: null })],
    ['empty', () => ({ pattern: 'x', id: 'a', data: {} })],
  ])('stands for all defaults where its data is %s', async (_, envelope) => {
    const { body } = await world.doors.http('');
    expect((await ask(envelope())).text).toBe(`{"response":${body},"isDisposed":true,"id":"a"}`);
  });

  test.each([
    ['a text', 'tokens.list'],
    ['an object in a text, as Nest makes of { cmd: "list" }', '{"cmd":"list"}'],
    ['an object', { cmd: 'list' }],
    ['a number', 5],
    ['null', null],
  ])('is one whatever its pattern is: %s', async (_, pattern) => {
    expect((await ask({ pattern, data: { limit: 1 }, id: 'a' })).reply.response).toMatchObject({ count: 3 });
  });

  test('comes back with its id, whatever that is', async () => {
    for (const id of ['0', 'a"b\\c', 'x'.repeat(200), '🚗', ''])
      expect((await ask(of({ limit: 1 }, id))).reply.id).toBe(id);
  });

  test.each([
    [{ limit: 0 }, 'list', 400],
    [{ foo: 1 }, 'list', 400],
    [[], 'list', 400],
    [{ id: 404 }, 'get', 404],
    [{}, 'get', 400],
  ] as const)('brings errors in err: %j to %s is %d', async (data, subject, status) => {
    const { reply, code } = await ask(of(data), subject);
    expect(reply).toMatchObject({ err: { statusCode: status }, isDisposed: true, id: 'f3a1' });
    expect(Object.keys(reply)).toEqual(['err', 'isDisposed', 'id']);
    expect(code).toBe(String(status));
  });
});
