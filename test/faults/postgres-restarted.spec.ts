import { waitForPosition } from '../support/clients.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { metric, notReady, ready } from './health.js';
import { Reader } from './reader.js';
import { ownPostgres, startSystemOn } from './system-on.js';
import { Traffic } from './traffic.js';

/** SIGQUIT is PostgreSQL's immediate shutdown. */
const ENDS = ['SIGKILL', 'SIGQUIT', 'SIGKILL', 'SIGQUIT', 'SIGKILL'] as const;

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
  }, 120_000);
});
