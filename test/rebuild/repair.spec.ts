import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { batchWaitsForLock, holdLocks } from '../faults/hold-locks.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { aGroupDeletion, aMembershipEvent, aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

describe('a repair', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
    const tokens = Array.from({ length: 20 }, (_, i) =>
      aTokenEvent('token.created', { id: i + 1, customerId: (i % 3) + 1 }),
    );
    await applied([
      ...tokens,
      aMembershipEvent('token-group.tokens-added', { tokenIds: [4, 5], version: 3 }),
      aGroupDeletion({ version: 5 }),
    ]);
  });

  const applied = async (events: Parameters<typeof publish>[1]) =>
    waitForPosition(system.query.url, await publish(system.stream, events));

  const groupsOf = async (id: number) => {
    const [row] = await system.database.query<{ document: string }>('select document from token_1 where id = $1', [id]);
    return (JSON.parse(row!.document) as { tokenGroupIds: number[] }).tokenGroupIds;
  };

  test('counts right where events touch what is wrong after the proof and before the repair', async () => {
    const { database } = system;
    await database.query('delete from token_1 where id in (1, 2)');
    await database.query('update token_1 set customer_id = 9 where id = 3');
    await database.query('delete from token_group_deletion_1');
    await database.query('update token_count_1 set tokens = tokens + 7 where customer_id = 2');
    const hold = await (await HoldPoints.open(database)).inProof(2);
    const generation = await rebuilds.begin({ repair: true }, 'verify');
    await hold.reached;
    await applied([
      aTokenEvent('token.updated', { id: 1, version: 2, customerId: 3 }),
      aTokenEvent('token.updated', { id: 3, version: 2, customerId: 2, isActive: false }),
      aMembershipEvent('token-group.tokens-added', { tokenIds: [6], version: 4 }),
    ]);
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({
      state: 'done',
      message: expect.stringMatching(/^repaired \d+ differences$/) as string,
    });
    await expectReadModelOfStream(system);
    expect(await rebuilds.carryOut({}, 'verify')).toMatchObject({ differences: 0 });
  });

  test('finds by a second look what a lost deletion of a group did to members that events touched, and puts it right', async () => {
    const { database } = system;
    await database.query('delete from token_group_deletion_1');
    const hold = await (await HoldPoints.open(database)).inProof(2);
    const generation = await rebuilds.begin({ repair: true }, 'verify');
    await hold.reached;
    await applied(aMembershipEvent('token-group.tokens-added', { tokenIds: [6], version: 4 }));
    expect(await groupsOf(6)).toEqual([1]);
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done', message: 'repaired 1 difference' });
    expect(await groupsOf(6)).toEqual([]);
    await expectReadModelOfStream(system);
  });

  test('is undone and says so where what it writes is changed by something else', async () => {
    const { database } = system;
    await database.query('delete from token_search_1 where id = 8; delete from token_1 where id = 9');
    await database.query(`create function spoil() returns trigger language plpgsql as $$ begin new.text := 'spoilt'; return new; end $$;
      create trigger spoil before insert on token_search_1 for each row execute function spoil()`);
    expect(await rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(
        /rows are still wrong after they were repaired, so they were left as they were/,
      ) as string,
    });
    expect(await database.query('select 1 from token_1 where id = 9')).toEqual([]);
    await database.query('drop trigger spoil on token_search_1');
    await database.query('alter table token_1 add constraint refused check (id <> 9)');
    expect(await rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(
        /PostgreSQL refuses what is to be put right, which was left as it was: .*refused/,
      ) as string,
    });
  });

  test('removes nothing where the number has changed, and never a row that an event tells of', async () => {
    const { database } = system;
    await database.query(`insert into token_membership_1 values (3, 77, 1, true, now()), (4, 77, 1, true, now());
      update token_1 set version = 5 where id = 5`);
    expect(await rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({
      state: 'done',
      differences: 3,
      untold: 3,
    });
    expect(await rebuilds.carryOut({ repair: true, removeUntold: 4 }, 'verify')).toMatchObject({ state: 'failed' });
    const hold = await (await HoldPoints.open(database)).inProof(2);
    const generation = await rebuilds.begin({ repair: true, removeUntold: 3 }, 'verify');
    await hold.reached;
    // An event now tells of the last of them.
    await applied(aTokenEvent('token.updated', { id: 5, version: 6, customerId: 2 }));
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({
      state: 'failed',
      message: '2 rows have no event among those that were read, not 3: this attempt changed nothing',
    });
    expect(await rebuilds.carryOut({ repair: true, removeUntold: 2 }, 'verify')).toMatchObject({
      state: 'done',
      untold: 0,
    });
    await expectReadModelOfStream(system);
  });

  test('removes the rest of what no event tells of where the leader was killed between two transactions', async () => {
    const { database } = system;
    await database.query(`insert into token_1 select (jsonb_populate_record(t, jsonb_build_object('id', 1000 + i))).*
      from token_1 t, generate_series(1, 1100) i where t.id = 1`);
    const held = await holdLocks(database, 'select 1 from token_1 where id = 2100 for update');
    await rebuilds.begin({ repair: true, removeUntold: 1_100 }, 'verify');
    const left = async () => (await database.query('select 1 from token_1 where id > 1000')).length;
    await eventually('the first of them to be removed', async () => (await left()) < 1_100);
    await batchWaitsForLock(database);
    system.projector.kill('SIGKILL');
    expect(await left()).toBe(100);
    await Promise.all([held(), letLeaseRunOut(database)]);
    await startProjector(system.env);
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done', untold: 0 });
    await expectReadModelOfStream(system);
  });

  test('is given the time that a large table takes, and holds the lease at its end', async () => {
    const { database } = system;
    await database.query('delete from token_1 where id = 9');
    // What a repair that takes long has at its end: a lease that has run out, which a standby would take at the commit.
    await database.query(`create table seen (statement_timeout text, is_held boolean);
      create function takes_long() returns trigger language plpgsql as $$
        begin perform pg_sleep(1.2); update projector_lease set expires_at = '-infinity'; return new; end $$;
      create function look() returns trigger language plpgsql as $$ begin
        insert into seen select current_setting('statement_timeout'), expires_at > clock_timestamp() from projector_lease;
        return null; end $$;
      create trigger takes_long before insert on token_1 for each row execute function takes_long();
      create constraint trigger look after insert on token_1 deferrable initially deferred for each row execute function look()`);
    expect(await rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({ state: 'done', untold: 0 });
    expect(await database.query('select * from seen')).toEqual([{ statement_timeout: '1h', is_held: true }]);
    await applied(aTokenEvent('token.updated', { id: 10, version: 2 }));
    await applied(aTokenEvent('token.created', { id: 21 }));
    expect((await database.query('select statement_timeout from seen')).at(-1)).toEqual({ statement_timeout: '30s' });
  });
});
