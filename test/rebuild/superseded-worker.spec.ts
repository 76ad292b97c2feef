import pg from 'pg';
import { metric } from '../faults/health.js';
import { holdLocks } from '../faults/hold-locks.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { atEnd } from '../support/at-end.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

const REPLAYED = 7;

describe('a worker on a generation that is not live', () => {
  let system: System;

  async function letterReplayed(): Promise<void> {
    const good = aTokenEvent('token.created', { id: REPLAYED, version: 2 });
    const poison = { ...good, data: { ...good.data, expiresAt: 'never' } };
    await waitForPosition(system.query.url, await publish(system.stream, poison));
    const [letter] = await system.database.query<{ id: string }>('update dead_letter set payload = $1 returning id', [
      Buffer.from(JSON.stringify(good)),
    ]);
    await new Rebuilds(system).ask('dead-letters.replay', { ids: [letter!.id] });
  }

  /** Writers of the job that wait for our lock. */
  function waiting(count: number): Promise<unknown> {
    return eventually(`${count} writers to wait`, async () => {
      const rows = await system.database.query(
        `select 1 from pg_stat_activity where datname = current_database() and application_name = 'token-projector' and wait_event_type = 'Lock'`,
      );
      return rows.length === count;
    });
  }

  test('cannot write beside its successor, so that no token is counted twice', async () => {
    system = await startSystem();
    const rebuilds = new Rebuilds(system);
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created', { id: 1 })));
    await rebuilds.carryOut();
    await letterReplayed();
    const release = await holdLocks(
      system.database,
      `insert into token_1 select ${REPLAYED}, version, customer_id, facet, created_at, valid_from, expires_at, own_updated_at, document from token_1`,
    );
    const generation = await rebuilds.begin({}, 'rebuild.rollback');
    await waiting(1);
    system.projector.kill('SIGSTOP');
    await letLeaseRunOut(system.database);
    const next = await startProjector(system.env, { when: 'listening' });
    await eventually('it to lead', async () => (await metric(next, 'projector_leader')) === 1);
    await waiting(2);
    system.projector.kill('SIGCONT');
    await release();
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done' });
    const { data, count } = (await httpList(system.query.url)).json<{ data: unknown[]; count: number }>();
    expect({ rows: data.length, count }).toEqual({ rows: 2, count: 2 });
  }, 60_000);

  test('makes an index that its successor makes too, and the job goes on', async () => {
    system = await startSystem();
    const rebuilds = new Rebuilds(system);
    const tokens = Array.from({ length: 200 }, (_, i) => aTokenEvent('token.created', { id: 1 + i }));
    await waitForPosition(system.query.url, await publish(system.stream, tokens));
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    const generation = await rebuilds.begin();
    await hold.reached;
    // The statement of a worker that was paused, before its commit.
    const former = new pg.Client({ connectionString: system.database.url });
    await former.connect();
    atEnd('the former worker', () => former.end());
    await former.query('begin');
    await former.query(
      'create index token_membership_2_members on token_membership_2 (token_group_id) where version > 0',
    );
    await hold.release();
    await eventually('the successor to make it too', () => isLockAwaited(system.database, `mode = 'ShareLock'`));
    await former.query('commit');
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done', differences: 0 });
  }, 60_000);
});
