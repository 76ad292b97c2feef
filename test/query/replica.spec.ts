import { setTimeout as sleep } from 'node:timers/promises';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { httpRequest, natsRequest, waitForPosition, type Reply } from '../support/clients.js';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startPostgres } from '../support/servers/postgres.js';
import { startStandby } from '../support/servers/postgres-standby.js';
import { createStream, type TestStream } from '../support/stream.js';
import { withClient } from '../support/with-client.js';
import type { ChangesAnswer } from './mirror.js';

describe('a query app that reads from a replica', () => {
  let database: TestDatabase;
  let stream: TestStream;
  let query: AppProcess;
  let replicaUrl: string;

  beforeAll(async () => {
    const primary = await startPostgres();
    atEnd('stopping PostgreSQL', () => primary.stop());
    [database, stream] = await Promise.all([createDatabase(primary), createStream()]);
    // A replica that lags cancels at once whatever is in its way; one that does not waits for half a minute.
    const replica = await startStandby(primary, { max_standby_streaming_delay: '0' });
    atEnd('stopping the replica', () => replica.stop());
    replicaUrl = Object.assign(new URL(replica.url), { pathname: new URL(database.url).pathname }).href;
    const env = { ...database.env, ...stream.env };
    const [projector, started] = await Promise.all([
      startProjector(env),
      startQuery({ ...env, DATABASE_REPLICA_URL: replicaUrl }),
    ]);
    query = started;
    await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created', { id: 5 })));
    await projector.stop();
  });

  const onReplica = (condition: string, values: unknown[] = []) =>
    withClient(replicaUrl, async (client) => (await client.query(`select where ${condition}`, values)).rowCount === 1);
  const replicated = async () => {
    const [head] = await database.query<{ lsn: string }>('select pg_switch_wal()::text as lsn');
    await eventually('the replica to catch up', () => onReplica('pg_last_wal_replay_lsn() >= $1::pg_lsn', [head!.lsn]));
  };
  /** The replica may cancel this too while it catches up. */
  const replay = (command: 'pause' | 'resume') =>
    eventually(`the replay to ${command}`, () =>
      withClient(replicaUrl, (client) => client.query(`select pg_wal_replay_${command}()`)).then(
        () => true,
        () => false,
      ),
    );
  const waits = `exists (select from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'token-query%')`;

  /** Has a statement stand still at the table of tokens while the replica needs the table of generations, which it has begun to read. */
  const cancelled = (ask: () => Promise<Reply>) =>
    withClient(database.url, async (holder) => {
      await holder.query('begin; lock table token_1 in access exclusive mode');
      await replicated();
      const answer = ask();
      await eventually('the request to stand still', () => onReplica(waits));
      await database.query('begin; lock table generation in access exclusive mode; commit');
      await replicated();
      await holder.query('rollback');
      return answer;
    });

  test.each([
    ['a list over HTTP', () => httpRequest(`${query.url}/v2/tokens`)],
    ['a search', () => httpRequest(`${query.url}/v2/tokens?search=0400`)],
    ['one token over NATS', () => natsRequest(stream.nats, `${stream.prefix}.get`, { id: 5 })],
  ])('answers what the replica cancels while it catches up: %s', async (_, ask) => {
    expect(await cancelled(ask)).toMatchObject({ status: 200, body: expect.stringContaining('"id":5,') as string });
  });

  const looks = `exists (select from pg_stat_activity where wait_event = 'PgSleep' and application_name like 'token-query%')`;

  /** Every look at the generations takes so long that the replica, which needs their table, finds it in its way. */
  async function cancelledTimes(times: number, ask: () => Promise<Reply>, afterwards?: string): Promise<Reply> {
    await database.query(`alter table generation rename to kept;
      create view generation as select kept.* from kept, lateral (select pg_sleep(0.3 + 0 * kept.number)) looked`);
    try {
      await replicated();
      const answer = ask();
      for (let round = 1; round <= times; round += 1) {
        await eventually('a look', () => onReplica(looks), { every: 5 });
        await database.query('begin; lock table kept in access exclusive mode; commit');
        await replicated();
      }
      if (afterwards !== undefined) await database.query(afterwards);
      return await answer;
    } finally {
      await database.query('drop view generation; alter table kept rename to generation');
      await replicated();
    }
  }

  test('asks again which generation is live where that is cancelled too', async () => {
    const reply = await cancelledTimes(3, () => httpRequest(`${query.url}/v2/tokens`));
    expect(reply).toMatchObject({ status: 200, body: expect.stringContaining('"id":5,') as string });
  });

  test('exports no state before the position that a caller wants, whichever server its connection leads to', async () => {
    const proxy = await TcpProxy.before(database.url);
    const env = { ...database.env, ...stream.env };
    const settings = { ...env, DATABASE_REPLICA_URL: proxy.through(database.url) };
    const [projector, exporting] = await Promise.all([startProjector(env), startQuery(settings)]);
    await replicated();
    await replay('pause');
    try {
      const last = await publish(stream, aTokenEvent('token.created', { id: 6 }));
      await waitForPosition(exporting.url, last);
      proxy.leadTo(replicaUrl);
      const headers = { accept: 'application/x-ndjson', 'x-min-position': String(last) };
      const reply = await httpRequest(`${exporting.url}/v2/tokens`, { headers });
      expect([reply.status, reply.headers.get('x-read-position')]).toEqual([503, String(last - 1)]);
    } finally {
      await replay('resume');
      await Promise.all([projector.stop(), exporting.stop()]);
    }
  });

  test('tells a caller who follows the changes that all is read only where it has what the caller has', async () => {
    const env = { ...database.env, ...stream.env };
    const [projector, ahead] = await Promise.all([startProjector(env), startQuery(env)]);
    const update = async (version: number) => {
      const last = await publish(
        stream,
        [11, 12].map((id) => aTokenEvent('token.updated', { id, version })),
      );
      await waitForPosition(ahead.url, last);
      return last;
    };
    const changes = (url: string, request: string, accept = 'application/json') =>
      httpRequest(`${url}/v2/tokens/changes?${request}`, { headers: { accept } });
    const page = async (reply: Promise<Reply>) => (await reply).json<ChangesAnswer>();
    await update(1);
    const { after } = await page(changes(ahead.url, ''));
    await waitForPosition(query.url, await update(2));
    await replay('pause');
    let waiting: Promise<Reply>;
    try {
      const last = await update(3);
      // The second change of token 12 is before this one, and the third behind it.
      const first = await page(changes(ahead.url, `limit=1&after=${after}`));
      expect(first.data).toMatchObject([{ id: 11, position: last - 1 }]);
      for (const accept of ['application/json', 'text/event-stream']) {
        const reply = await changes(query.url, `after=${first.after}`, accept);
        expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '2']);
        expect(reply.body).toContain(`This instance is at position ${last - 2}, and after was given by one`);
      }
      waiting = changes(query.url, `after=${first.after}`);
      await sleep(100);
    } finally {
      await replay('resume');
      await Promise.all([projector.stop(), ahead.stop()]);
    }
    expect((await page(waiting)).data).toMatchObject([{ id: 12, token: {} }]);
  });

  test('goes on looking for the position that a caller wants', async () => {
    const { headers } = await httpRequest(`${query.url}/v2/tokens`);
    const position = Number(headers.get('x-read-position')) + 1;
    const waiting = httpRequest(`${query.url}/v2/tokens`, { headers: { 'x-min-position': String(position) } });
    // It has read the list, which is behind, and from now on looks for the position alone.
    await sleep(100);
    const reply = await cancelledTimes(
      1,
      () => waiting,
      `update kept set position = ${position}, complete_to = ${position}`,
    );
    expect([reply.status, reply.headers.get('x-read-position')]).toEqual([200, String(position)]);
  });

  test('answers where transactions are serializable by default, which no replica takes', async () => {
    const serializable = `${replicaUrl}?options=-c%20default_transaction_isolation%3Dserializable`;
    const other = await startQuery({ ...database.env, ...stream.env, DATABASE_REPLICA_URL: serializable });
    expect((await httpRequest(`${other.url}/v2/tokens`)).status).toBe(200);
  });
});
