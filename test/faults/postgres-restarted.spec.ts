import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { interruptions, metric, notReady, ready } from './health.js';
import { Reader } from './reader.js';
import { seenInTransaction } from './seen-in-transaction.js';
import { ownPostgres, startSystemOn } from './system-on.js';
import { Traffic } from './traffic.js';
import { shortOrLong } from '../support/test-length.js';

/** SIGQUIT is PostgreSQL's immediate shutdown. */
const ENDS = shortOrLong(
  ['SIGKILL', 'SIGQUIT'] as const,
  ['SIGKILL', 'SIGQUIT', 'SIGKILL', 'SIGQUIT', 'SIGKILL'] as const,
);

describe('a PostgreSQL that is killed again and again', () => {
  test(`after ${ENDS.length} crashes every event has had its effect, once`, async () => {
    const postgres = await ownPostgres();
    const system = await startSystemOn({ postgres });
    const { stream, projector, query } = system;
    const traffic = new Traffic(stream);
    const reader = new Reader(query.url);
    for (const [index, signal] of ENDS.entries()) {
      await waitForPosition(query.url, traffic.head + 200);
      await postgres.kill(signal);
      await notReady(projector, 'projector', /^interrupted: /);
      await notReady(query, 'database', /is not reachable/);
      await postgres.restart();
      await ready(projector);
      await ready(query);
      expect(await metric(projector, 'projector_interruptions_total')).toBeGreaterThan(index);
    }
    await waitForPosition(query.url, traffic.head + 200);
    await traffic.stop();
    await reader.stop();

    await expectReadModelOfStream(system, traffic.acknowledged);
    expect(reader.stepsBack).toEqual([]);
    expect([...reader.statuses.keys()].sort()).toEqual([200, 503]);
    expect(await interruptions(projector, 'postgres_away')).toBeGreaterThanOrEqual(ENDS.length);
  }, 120_000);

  test('of which one backend is killed in mid-batch, so that it ends all others too, has lost nothing', async () => {
    const postgres = await ownPostgres();
    const system = await startSystemOn({ postgres });
    const { database, stream, projector, query } = system;
    const traffic = new Traffic(stream);
    await waitForPosition(query.url, traffic.head + 200);
    await seenInTransaction(database);
    const [backend] = await database.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'token-projector'`,
    );
    process.kill(backend!.pid, 'SIGKILL');
    await eventually('the projector to notice', async () => (await interruptions(projector, 'postgres_away')) > 0);
    await ready(projector);
    await waitForPosition(query.url, traffic.head + 200);
    await traffic.stop();
    await expectReadModelOfStream(system, traffic.acknowledged);
  });
});
