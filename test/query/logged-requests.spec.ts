import type { NatsConnection } from '@nats-io/transport-node';
import type { AppProcess } from '../support/app-process.js';
import { createDatabase } from '../support/database.js';
import { httpRequest, natsRequest, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
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
    query = await startQuery({ ...database.env, ...stream.env, LOG_LEVEL: 'debug' });
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

  test('the statistics of NATS services tell what was wrong, and nothing of what was sent', async () => {
    expect((await get({ id: UID })).body).toContain(UID);
    expect(await lastErrorOf(`${prefix}.get`)).toBe('400: the request is wrong in id');
  });
});
