import { ApiError, NoAnswerError } from '../../libs/client/src/index.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { keepForFile } from '../support/at-end.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { signToken } from '../support/jwt.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';
import { callerAt, DOORS, type Caller, type Door } from './callers.js';

const TOKENS = 20;
/** What the service says in `Retry-After`. */
const RETRY_AFTER_MS = 2_000;

let stream: TestStream;
let toDatabase: TcpProxy;
let query: AppProcess;
let settings: Readonly<Record<string, string>>;
let position: number;
let lastToken = TOKENS;

beforeAll(async () => {
  const [database, made, port] = await Promise.all([createDatabase(), createStream(), freePort()]);
  stream = made;
  toDatabase = await TcpProxy.before(database.url);
  const env = { ...database.env, ...stream.env };
  settings = { ...env, DATABASE_URL: toDatabase.through(database.url), HTTP_PORT: String(port) };
  const [, started] = await Promise.all([startProjector(env), startQuery(settings)]);
  query = started;
  const created = (_: unknown, i: number) => aTokenEvent('token.created', { id: i + 1, customerId: 1 + (i % 2) });
  position = await publish(stream, Array.from({ length: TOKENS }, created));
  await Promise.all(onBothDoors(({ client }) => client.waitFor(position)));
});

const at = (door: Door) => callerAt(door, { url: query.url, stream });
const onBothDoors = <T>(act: (caller: Caller) => T): T[] => DOORS.map((door) => act(at(door)));
const createToken = () => publish(stream, aTokenEvent('token.created', { id: (lastToken += 1) }));
/** @returns what the call throws */
const thrownBy = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => Promise.reject(new Error(`It was answered: ${JSON.stringify(answer)}`)),
    (error: unknown) => error,
  );

describe.each(DOORS)('the client over %s', (door) => {
  test('answers a list as the service does, and says how fresh it is', async () => {
    const parameters = { type: 'rfid', isActive: true, customerId: 2, sortBy: 'createdAt', limit: 3 } as const;
    const page = await at(door).client.list(parameters, { requestId: 'mine-1' });
    const raw = await httpList(query.url, parameters);
    expect(page.data).toEqual(raw.json<{ data: unknown }>().data);
    expect(page).toMatchObject({ totalCount: TOKENS / 2, requestId: 'mine-1', stale: undefined });
    expect(page.position).toBeGreaterThanOrEqual(position);
    expect(page.lagMs).toBeLessThan(10_000);
    expect(page.next).toMatch(/./);
  });

  test('answers one token, and says how fresh it is', async () => {
    const { data, position: readAt, lagMs } = await at(door).client.get(7);
    expect(data).toMatchObject({ id: 7, customerId: 1, tokenGroupIds: [] });
    expect(readAt).toBeGreaterThanOrEqual(position);
    expect(lagMs).toBeGreaterThanOrEqual(0);
  });

  test('walks over all tokens, each once, while others come in before those that are still to be met', async () => {
    const { client, sentAt } = at(door);
    const met: number[] = [];
    for await (const { id } of client.iterateAll({ sortBy: 'id', limit: 6 })) {
      met.push(id);
      // By offset the walk would meet the token before this one again.
      if (met.length % 6 === 0) await client.waitFor(await createToken());
    }
    expect(met.filter((id) => id <= TOKENS)).toEqual(Array.from({ length: TOKENS }, (_, i) => TOKENS - i));
    expect(sentAt.length).toBeGreaterThan(TOKENS / 6);
  });

  test('walks over a list by so many ids that no URL of it fits into a header', async () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => (i < 5 ? i + 1 : 100_000_000_000_000 + i));
    const met: number[] = [];
    for await (const { id } of at(door).client.iterateAll({ ids: ids.join(), sortBy: 'id', limit: 2 })) met.push(id);
    expect(met).toEqual([5, 4, 3, 2, 1]);
  });

  test('goes on with a walk at the cursor of a page', async () => {
    const { client } = at(door);
    const order = { sortBy: 'id', sortDirection: 'asc', customerId: 2, limit: 4 } as const;
    const first = await client.list(order);
    const later = [];
    for await (const { id } of client.iterateAll({ ...order, cursor: first.next! })) later.push(id);
    expect([...first.data.map(({ id }) => id), ...later]).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  });

  test('reads its own write, by waiting for it or by asking for its position', async () => {
    const { client } = at(door);
    await expect(client.waitFor(await createToken())).resolves.toBeGreaterThan(position);
    await expect(client.get(lastToken)).resolves.toMatchObject({ data: { id: lastToken } });
    const minPosition = BigInt(await createToken());
    await expect(client.get(lastToken, { minPosition })).resolves.toMatchObject({ data: { id: lastToken } });
  });

  test('tells errors by their status, with message, details and the id of the request, and asks only once', async () => {
    const { client, sentAt } = at(door);
    const wrong = await thrownBy(client.list({ type: 'card' as 'rfid' }, { requestId: 'mine-2' }));
    expect(wrong).toBeInstanceOf(ApiError);
    expect(wrong).toMatchObject({
      status: 400,
      message: 'type must be one of rfid, virtual, vehicleId, found "card".',
      details: [{ param: 'type', message: 'must be one of rfid, virtual, vehicleId, found "card"' }],
      requestId: 'mine-2',
    });
    expect(await thrownBy(client.get(999_999))).toMatchObject({
      status: 404,
      message: expect.stringContaining('999999') as string,
    });
    expect(sentAt).toHaveLength(2);
    const ofCustomer2 = callerAt(door, { url: query.url, stream }, { token: await signToken({ customerIds: [2] }) });
    expect(await thrownBy(ofCustomer2.client.list({ customerId: 1 }))).toMatchObject({ status: 403, details: [] });
  });

  test('says what the read model has reached when a position does not come in time', async () => {
    const { client, sentAt } = at(door);
    const startedAt = performance.now();
    const late = await thrownBy(client.waitFor(1_000_000, { withinMs: 2_500 }));
    expect(late).toMatchObject({ status: 503, message: expect.stringContaining('1000000') as string });
    expect((late as ApiError).position).toBeGreaterThanOrEqual(position);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(sentAt).toHaveLength(1);
  });

  test('stops when its signal says so: before the first request, and while it waits', async () => {
    const { client, sentAt } = at(door);
    const reason = new Error('not needed any more');
    expect(await thrownBy(client.list({}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(sentAt).toHaveLength(0);
    const stop = new AbortController();
    const waiting = thrownBy(client.waitFor(1_000_000, { signal: stop.signal }));
    await eventually('the request to be sent', () => sentAt.length === 1);
    const stoppedAt = performance.now();
    stop.abort(reason);
    expect(await waiting).toBe(reason);
    expect(performance.now() - stoppedAt).toBeLessThan(1_000);
  });
});

describe('the client of a service that cannot answer', () => {
  test('repeats a wait for a position that comes late', async () => {
    const callers = DOORS.map(at);
    const next = (await createToken()) + 1;
    const waiting = callers.map(({ client }) => client.waitFor(next));
    await eventually('both to ask again', () => callers.every(({ sentAt }) => sentAt.length === 2));
    const published = await createToken();
    expect(published).toBe(next);
    for (const reached of await Promise.all(waiting)) expect(reached).toBeGreaterThanOrEqual(next);
  });

  test('asks again after a 503, and not before Retry-After', async () => {
    const callers = DOORS.map(at);
    toDatabase.set('refusing');
    const asked = callers.map(({ client }) => client.list({ limit: 1, search: 'SPI' }));
    await eventually('readiness to be 503', async () => (await fetch(`${query.url}/health/ready`)).status === 503);
    toDatabase.set('open');
    for (const page of await Promise.all(asked)) expect(page.data).toHaveLength(1);
    for (const { sentAt } of callers) {
      expect(sentAt.length).toBeGreaterThan(1);
      const pauses = sentAt.slice(1).map((sent, i) => sent - sentAt[i]!);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(RETRY_AFTER_MS);
    }
  });

  test('is answered by the instance that comes after the one it asked', async () => {
    await query.stop();
    const callers = DOORS.map(at);
    const asked = callers.map(({ client }) => client.get(7));
    await eventually('both to ask again', () => callers.every(({ sentAt }) => sentAt.length > 1));
    query = await startQuery(settings);
    keepForFile();
    for (const { data } of await Promise.all(asked)) expect(data.id).toBe(7);
  });

  test('says after its time that there is no answer, and why', async () => {
    const nowhere = {
      url: `http://127.0.0.1:${await freePort()}`,
      stream: { ...stream, prefix: `${stream.prefix}.no` },
    };
    const errors = DOORS.map((door) => thrownBy(callerAt(door, nowhere, { withinMs: 300 }).client.get(7)));
    const [http, nats] = await Promise.all(errors);
    expect(http).toBeInstanceOf(NoAnswerError);
    expect(http).toMatchObject({ message: expect.stringMatching(/no answer from .*ECONNREFUSED/) as string });
    expect(nats).toBeInstanceOf(NoAnswerError);
    expect(nats).toMatchObject({ message: expect.stringContaining(`no answer at ${stream.prefix}.no.get`) as string });
  });

  test('passes on what its token function throws', async () => {
    const noToken = new Error('no JWT today');
    const callers = DOORS.map((door) =>
      callerAt(door, { url: query.url, stream }, { token: () => Promise.reject(noToken) }),
    );
    for (const { client } of callers) expect(await thrownBy(client.list())).toBe(noToken);
  });
});
