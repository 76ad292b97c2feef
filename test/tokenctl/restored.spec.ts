import { holdLocks } from '../faults/hold-locks.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import type { ChangesAnswer } from '../query/mirror.js';
import { Operator } from './operator.js';

describe('restored', () => {
  let system: System;
  let operator: Operator;
  beforeAll(async () => {
    system = await startSystem();
    operator = new Operator(system.database.env);
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
  });

  const changes = (parameters: string) => httpRequest(`${system.query.url}/v2/tokens/changes?${parameters}`);
  const lineages = async () =>
    (await system.database.query<{ lineage: string }>('select lineage from generation order by number')).map(
      ({ lineage }) => lineage,
    );

  test('has all who follow the changes begin again, those who wait at once, and makes all tags new', async () => {
    const { after } = (await changes('')).json<ChangesAnswer>();
    const tag = (await httpList(system.query.url)).headers.get('etag')!;
    const waiting = changes(`wait=30&after=${after}`);
    expect(await operator.json(0, 'restored')).toEqual({ generation: 1 });
    expect(await Promise.all([waiting, changes(`after=${after}`)])).toMatchObject([{ status: 410 }, { status: 410 }]);
    const list = await httpList(system.query.url, {}, { headers: { 'if-none-match': tag } });
    expect(list).toMatchObject({ status: 200 });
    expect(list.headers.get('x-read-position')).toBe('1');
  });

  test('keeps the lease from nobody while it is suspended', async () => {
    const release = await holdLocks(system.database, 'select from projector_lease for update');
    const running = operator.start('restored');
    await eventually('it to wait for the lease', () => isLockAwaited(system.database, `application_name = 'tokenctl'`));
    running.signal('SIGSTOP');
    await release();
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
    const sessions = `select from pg_stat_activity where application_name = 'tokenctl' and datname = current_database()`;
    await eventually('its session to end', async () => (await system.database.query(sessions)).length === 0);
    running.signal('SIGCONT');
    expect(await running.exited).toMatchObject({ code: 1 });
    expect(running.output).toMatch(/has ended the connection.* Run it again/);
  });

  test('is about the generation that a switch makes live meanwhile, also where transactions are serializable', async () => {
    await system.projector.stop();
    await system.database.query(`do $$ begin
      execute format('alter database %I set default_transaction_isolation = serializable', current_database()); end $$`);
    const done = await withClient(system.database.url, async (leader) => {
      await leader.query(`begin; select from projector_lease for update;
        insert into generation (number, state, schema_version, lineage) select 2, 'building', schema_version, lineage from generation;
        update generation set state = 'previous' where number = 1; update generation set state = 'live' where number = 2`);
      const running = operator.start('restored');
      await eventually('a lock to be waited for', () => isLockAwaited(system.database, `locktype = 'transactionid'`));
      await leader.query('commit');
      return running;
    });
    expect(await done.exited).toMatchObject({ code: 0 });
    expect(done.output).toContain('Generation 2 has a new lineage');
    const [before, now] = await lineages();
    expect(now).not.toBe(before);
  });
});
