import type { NatsConnection } from '@nats-io/transport-node';
import type { AppProcess } from '../support/app-process.js';
import { createDatabase } from '../support/database.js';
import { httpRequest, natsRequest, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { createStream } from '../support/stream.js';

const UID = 'A7E942F1C8D036B5A429';

interface Endpoint {
  readonly subject: string;
  readonly last_error: string;
}

describe('what others than the caller are told of a wrong request', () => {
  let query: AppProcess;
  let nats: NatsConnection;
  let prefix: string;

  beforeAll(async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream()]);
    ({ nats, prefix } = stream);
    query = await startQuery({ ...database.env, ...stream.env, LOG_LEVEL: 'debug', ACCESS_LOG_EVERY: '1' });
  });

  const ask = (path: string) => httpRequest(`${query.url}/v2/tokens${path}`);
  const get = (body: string | object) => natsRequest(nats, `${prefix}.get`, body);

  const lastErrorOf = async (subject: string): Promise<string> => {
    for await (const message of await nats.requestMany('$SRV.STATS.tokens', '', { maxWait: 800 })) {
      const { endpoints } = message.json<{ endpoints: readonly Endpoint[] }>();
      const own = endpoints.find((endpoint) => endpoint.subject === subject);
      if (own) return own.last_error;
    }
    throw new Error(`nobody answers ${subject}`);
  };

  const expectUntold = async (replies: readonly Reply[]) => {
    for (const reply of replies) {
      expect(reply.status).toBe(400);
      expect(reply.body).toContain(UID);
    }
    const ids = replies.map(({ headers }) => headers.get('x-request-id')!);
    await eventually('the requests to be logged', () => ids.every((id) => query.output.includes(id)));
    expect(query.output).not.toContain(UID);
  };

  test('a uid in the place of another value is in no line of the log, on no level', async () => {
    await expectUntold([
      await ask(`/${UID}`),
      await ask(`?type=${UID}`),
      await get({ id: UID }),
      await natsRequest(nats, `${prefix}.list`, { customerId: UID, sortBy: UID }),
    ]);
    expect(query.logsWith('the request is wrong in customerId, sortBy')).not.toEqual([]);
  });

  test('a uid in the place of a name, or of the whole request, is in none either', async () => {
    await expectUntold([
      // A label with an & that was not escaped.
      await ask(`?search=R&${UID}`),
      await ask(`?${UID}%`),
      await get(`"${UID}"`),
      await get({ [UID]: 1 }),
      await get(`{"${UID}": 1, "${UID}": 2}`),
      await get({ pattern: 'get', data: {}, id: 'a', [UID]: 1 }),
    ]);
    expect(query.logsWith('the request is wrong in a parameter that it does not have')).not.toEqual([]);
  });

  /** The line of the access log about a request that is sent with this id. */
  const lineOf = async (send: (headers: Record<string, string>) => Promise<unknown>): Promise<object> => {
    const id = `line-${(lastId += 1)}`;
    await send({ 'x-request-id': id });
    const lines = () => query.logs.filter(({ msg, requestId }) => msg === 'request' && requestId === id);
    await eventually('the line of the access log', () => lines().length > 0);
    expect(lines()).toHaveLength(1);
    const { level: _level, time: _time, service: _service, msg: _msg, requestId: _id, ms, ...told } = lines()[0]!;
    expect(ms).toBeGreaterThan(0);
    return told;
  };
  let lastId = 0;

  test('the access log tells of each request, on both doors: which, how it ended, how large a scope', async () => {
    const [scoped, unscoped] = await Promise.all([signToken({ customerIds: [5, 7] }), signToken()]);
    const over = (token: string | null, path: string) => (headers: Record<string, string>) =>
      httpRequest(`${query.url}${path}`, { token, headers });
    const overNats =
      (pattern: string, body: object, more = {}) =>
      (headers: Record<string, string>) =>
        natsRequest(nats, `${prefix}.${pattern}`, body, { ...headers, ...more });
    const { body } = await ask(`?search=${UID}`);
    const list = { request: 'list', status: 200, bytes: Buffer.byteLength(body) };
    expect(await lineOf(over(scoped, `/v2/tokens?search=${UID}`))).toEqual({ ...list, door: 'http', customers: 2 });
    expect(await lineOf(over(unscoped, '/v2/tokens'))).toEqual({ ...list, door: 'http', customers: 'all' });
    expect(await lineOf(overNats('list', { search: UID }))).toEqual({ ...list, door: 'nats', customers: 'all' });
    const asCustomers = { Authorization: `Bearer ${scoped}` };
    expect(await lineOf(overNats('list', {}, asCustomers))).toEqual({ ...list, door: 'nats', customers: 2 });
    const error = { bytes: expect.any(Number) as number };
    expect(await lineOf(over(null, '/v2/tokens'))).toEqual({ ...error, request: 'list', status: 403, door: 'http' });
    expect(await lineOf(overNats('get', { id: UID }))).toMatchObject({ request: 'get', status: 400, door: 'nats' });
    expect(await lineOf(over(null, `/${UID}`))).toEqual({ ...error, request: 'other', status: 404, door: 'http' });
    // A path that no route can be looked up for.
    expect(await lineOf(over(null, `/%zz${UID}`))).toEqual({ ...error, request: 'other', status: 400, door: 'http' });
    expect(query.output).not.toContain(UID);
    for (const token of [scoped, unscoped]) expect(query.output).not.toContain(token.split('.')[1]);
  });

  test('the access log tells of a caller who left before the answer', async () => {
    const leave = (headers: Record<string, string>) =>
      fetch(`${query.url}/v2/tokens`, {
        // Nothing will be published, so the answer would take two seconds.
        headers: { ...headers, 'x-min-position': '1', authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(300),
      }).catch(() => undefined);
    const token = await signToken();
    expect(await lineOf(leave)).toEqual({ request: 'list', door: 'http', isAborted: true, customers: 'all' });
  });

  test('the statistics of NATS services tell what was wrong, and nothing of what was sent', async () => {
    expect((await get({ id: UID })).body).toContain(UID);
    expect(await lastErrorOf(`${prefix}.get`)).toBe('400: the request is wrong in id');
  });
});
