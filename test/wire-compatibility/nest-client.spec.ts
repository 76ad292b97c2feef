import { Logger } from '@nestjs/common';
import { ClientProxyFactory, NatsRecordBuilder, Transport, type ClientProxy } from '@nestjs/microservices';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { firstValueFrom, timeout } from 'rxjs';
import { startWorld, type World } from '../query/world.js';
import { atEnd } from '../support/at-end.js';
import { signToken } from '../support/jwt.js';
import { TOKENS } from './tokens.js';

describe('a ClientProxy of Nest 12', () => {
  let world: World;
  let client: ClientProxy;

  beforeAll(async () => {
    world = await startWorld(TOKENS);
    // It tells the console of every change of its connection.
    Logger.overrideLogger(false);
    client = ClientProxyFactory.create({
      transport: Transport.NATS,
      options: { servers: world.stream.natsUrl.split(',') },
    });
    await client.connect();
    atEnd('closing a Nest client', () => client.close() as Promise<void>);
  });

  const send = (pattern: 'list' | 'get', data: unknown): Promise<unknown> =>
    firstValueFrom(client.send<unknown>(`${world.stream.prefix}.${pattern}`, data).pipe(timeout(5_000)));
  const refusalOf = (pattern: 'list' | 'get', data: unknown): Promise<unknown> =>
    send(pattern, data).then(
      (answer) => Promise.reject(new Error(`was answered: ${JSON.stringify(answer)}`)),
      (error: unknown) => error,
    );
  const withHeaders = (data: unknown, values: Readonly<Record<string, string>>) => {
    const headers = natsHeaders();
    for (const [name, value] of Object.entries(values)) headers.set(name, value);
    return new NatsRecordBuilder(data).setHeaders(headers).build();
  };

  test('gets the page as an object', async () => {
    const page = await send('list', { limit: 2, sortDirection: 'asc', isActive: true });
    expect(page).toEqual((await world.doors.list({ limit: 2, sortDirection: 'asc', isActive: true })).json());
    expect(page).toMatchObject({ data: [{ id: 1, comment: 'Grüße 充電 🚗' }, { id: 2 }], count: 3 });
  });

  test.each([
    ['an empty object', () => ({})],
    ['an empty text, which Nest users send where there is nothing to say', () => ''],
    ['a record without data', () => new NatsRecordBuilder().build()],
    ['a record of null', () => new NatsRecordBuilder(null).build()],
  ])('gets all defaults for no data: %s', async (_, data) => {
    expect(await send('list', data())).toEqual((await world.doors.list()).json());
  });

  test('has an id of 1,024 characters at most; a longer one is refused, and not sent back', async () => {
    const { nats, prefix } = world.stream;
    const ask = async (id: string) =>
      (await nats.request(`${prefix}.list`, JSON.stringify({ pattern: 'x', data: {}, id }))).string();
    expect(await ask('i'.repeat(1_024))).toMatch(/^\{"response":.*"id":"i{1024}"\}$/);
    expect(JSON.parse(await ask('i'.repeat(1_025)))).toMatchObject({
      statusCode: 400,
      message: 'The id of a Nest envelope has 1025 characters, and at most 1024 are taken.',
    });
  });

  test('gets one token', async () => {
    expect(await send('get', { id: 2 })).toEqual(world.tokens.find(({ id }) => id === 2));
  });

  test('sends headers by a NatsRecordBuilder: a JWT narrows the answer', async () => {
    const authorization = `Bearer ${await signToken({ customerIds: [3] })}`;
    expect(await send('list', withHeaders({}, { authorization }))).toMatchObject({ data: [{ id: 3 }], count: 1 });
    expect(await refusalOf('list', withHeaders({ customerId: 1 }, { authorization }))).toMatchObject({
      statusCode: 403,
    });
    expect(await refusalOf('get', withHeaders({ id: 1 }, { authorization }))).toMatchObject({ statusCode: 404 });
  });

  test('gets an error as the error of the observable, in the one shape', async () => {
    const error = await refusalOf('list', withHeaders({ limit: 0 }, { 'x-request-id': 'from-nest' }));
    expect(error).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: expect.stringContaining('limit') as string,
      details: [{ param: 'limit', message: expect.stringContaining('1 to 1000') as string }],
      requestId: 'from-nest',
    });
  });

  test.each([
    ['list', { foo: 1 }, 400],
    ['list', [], 400],
    ['list', 'text', 400],
    ['list', 5, 400],
    ['get', {}, 400],
    ['get', { id: 404 }, 404],
  ] as const)('%s of %j is refused with %d', async (pattern, data, statusCode) => {
    expect(await refusalOf(pattern, data)).toMatchObject({ statusCode });
  });

  test('gets a hundred answers at once, each its own', async () => {
    const sizes = Array.from({ length: 100 }, (_, i) => (i % 3) + 1);
    const pages = await Promise.all(sizes.map((limit) => send('list', { limit })));
    expect(pages.map((page) => (page as { data: unknown[] }).data.length)).toEqual(sizes);
  });

  test('emits an event to a request subject without harm', async () => {
    await firstValueFrom(client.emit(`${world.stream.prefix}.list`, { limit: 1 }).pipe(timeout(5_000)), {
      defaultValue: undefined,
    });
    expect(await send('list', {})).toMatchObject({ count: 3 });
  });
});
