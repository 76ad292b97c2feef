import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { startSystem, type System } from '../support/system.js';
import type { AppProcess } from '../support/app-process.js';
import { withClient } from '../support/with-client.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { interruptions, metric, notReady, ready } from './health.js';
import { batchWaitsForLock } from './hold-locks.js';
import { Traffic } from './traffic.js';

/** As often as that something has to go wrong before it may go well. */
const FAILURES = 4;

describe('faults of the surroundings are tried again for ever and cost no event', () => {
  let system: System;
  let projector: AppProcess;
  let traffic: Traffic;

  beforeEach(async () => {
    system = await startSystem();
    projector = system.projector;
  });

  const begin = async () => {
    traffic = new Traffic(system.stream);
    await waitForPosition(system.query.url, 200);
  };
  const interrupted = () =>
    eventually(
      `${FAILURES} interruptions`,
      async () => (await metric(projector, 'projector_interruptions_total')) >= FAILURES,
      {
        details: () => projector.output,
      },
    );
  const expectAllIsWell = async () => {
    await ready(projector);
    await waitForPosition(system.query.url, traffic.head + 200);
    await traffic.stop();
    await expectReadModelOfStream(system, traffic.acknowledged);
  };

  test.each([
    ['the role may not log in', 'nologin', 'login', /refuses the login/],
    ['there are too many connections', 'connection limit 0', 'connection limit -1', /too many connections/],
  ])('%s', async (_, spoil, mend, message) => {
    const { database, env } = system;
    const role = `${database.name}_writer`;
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    await projector.stop();
    await database.query(`create role "${role}" login password 'secret'`);
    try {
      await database.query(`grant select, insert, update, delete on all tables in schema public to "${role}"`);
      projector = await startProjector({ ...env, DATABASE_URL: url.href });
      await begin();

      await database.query(`alter role "${role}" ${spoil}`);
      await database.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
      await notReady(projector, 'projector', message);
      await interrupted();
      await database.query(`alter role "${role}" ${mend}`);
      await expectAllIsWell();
    } finally {
      await projector.stop();
      await database.query(`drop owned by "${role}"; drop role "${role}"`);
    }
  });

  // By a trigger: where nothing but `read committed` is used, PostgreSQL has no cause for it.
  test('a serialization failure in every batch', async () => {
    const { database } = system;
    await begin();
    await database.query(`
      create function spoil() returns trigger language plpgsql as
        $$ begin raise exception 'spoilt' using errcode = '40001'; end $$;
      create trigger spoil before insert on token_updated_1 for each statement execute function spoil()`);
    await notReady(projector, 'projector', /spoilt/);
    await interrupted();
    expect(await interruptions(projector, 'serialization')).toBeGreaterThanOrEqual(FAILURES);
    await database.query('drop trigger spoil on token_updated_1');
    await expectAllIsWell();
  });

  test('deadlocks with another session, of which the projector is the victim', async () => {
    const { database } = system;
    await begin();
    for (let i = 0; i < FAILURES; i += 1) {
      await withClient(database.url, async (other) => {
        // Who waits longer than this looks for deadlocks, and is cancelled when there is one: never the other session.
        await other.query(`set deadlock_timeout = '1min'; begin; lock table token_1 in share row exclusive mode`);
        await batchWaitsForLock(database);
        await other.query('update projector_lease set holder = holder');
        await other.query('rollback');
      });
    }
    await interrupted();
    expect(await interruptions(projector, 'deadlock')).toBe(FAILURES);
    expect(await metric(projector, 'projector_interruptions_total')).toBe(FAILURES);
    await expectAllIsWell();
  });
});
