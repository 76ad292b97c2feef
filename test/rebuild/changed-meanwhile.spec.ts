import { jetstreamManager } from '@nats-io/jetstream';
import { letLeaseRunOut } from '../faults/lease.js';
import { RewindableNats } from '../faults/rewindable-nats.js';
import { startSystemOn } from '../faults/system-on.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

/** What a job was ordered for is no longer so when it comes to the switch. */
describe('a rebuild whose stream', () => {
  let system: System;
  let rebuilds: Rebuilds;

  async function start(count: number, on?: System): Promise<void> {
    system = on ?? (await startSystem());
    rebuilds = new Rebuilds(system);
    await applied(publishTokens(count));
  }

  const publishTokens = (count: number, stream: TestStream = system.stream) =>
    publish(
      stream,
      Array.from({ length: count }, () => aTokenEvent('token.created')),
    );
  const applied = async (sequence: Promise<number>) => waitForPosition(system.query.url, await sequence);
  const list = async () => {
    const reply = await httpList(system.query.url, { limit: 1 });
    return { count: reply.json<{ count: number }>().count, stale: reply.headers.get('x-read-stale') };
  };
  const isStale = (stale: string | null) =>
    eventually(`the list to be stale: ${stale}`, async () => (await list()).stale === stale, { within: 20_000 });

  /** Under the same name, with other tokens. */
  async function recreate(count: number): Promise<void> {
    const { nats, name, prefix } = system.stream;
    const { streams } = await jetstreamManager(nats);
    await streams.delete(name);
    await streams.add({ name, subjects: [`${prefix}.events.>`] });
    await publishTokens(count);
  }

  /** Its connections, too: PostgreSQL would carry out the statement that waits. */
  async function killLeader(): Promise<void> {
    system.projector.kill('SIGKILL');
    await system.projector.exited;
    await system.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'token-projector%'`,
    );
    await letLeaseRunOut(system.database);
  }

  test('is the right one again ends if a setting began it, and the list stays', async () => {
    const nats = await RewindableNats.start();
    await start(20, await startSystemOn({ nats: nats.server }, { ON_SOURCE_CHANGE: 'rebuild' }));
    const at20 = await nats.keep();
    await eventually('our own connection to be back', () => system.stream.nats.rtt());
    await applied(publishTokens(140));
    // They are applied, so the projector is well without them. A rebuild would lose them.
    const manager = await jetstreamManager(system.stream.nats);
    for (let sequence = 31; sequence <= 40; sequence += 1)
      await manager.streams.deleteMessage(system.stream.name, sequence);
    const at160 = await nats.keep();

    await nats.putBack(at20);
    await eventually('the rebuild to wait', async () => (await rebuilds.status())?.state === 'waiting', {
      within: 20_000,
    });
    await nats.putBack(at160);
    expect(await rebuilds.ended(2)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('is the one of the live generation again') as string,
    });
    await isStale(null);
    expect(await list()).toEqual({ count: 160, stale: null });
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
  }, 90_000);

  test('is put back to an earlier backup while it is read ends, and the list stays', async () => {
    const nats = await RewindableNats.start();
    await start(20, await startSystemOn({ nats: nats.server }));
    const at20 = await nats.keep();
    await eventually('our own connection to be back', () => system.stream.nats.rtt());
    await applied(publishTokens(140));
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    await rebuilds.begin();
    await hold.reached;
    await nats.putBack(at20);
    await hold.release();
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'failed' });
    await isStale('source-rewound');
    expect(await list()).toEqual({ count: 160, stale: 'source-rewound' });
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
  }, 90_000);

  test('became another one after the order, before it was read, ends with the next leader; ordered after that, it switches', async () => {
    await start(300);
    const hold = await (await HoldPoints.open(system.database)).beforeReading();
    await rebuilds.begin();
    await hold.reached;
    await killLeader();
    await recreate(250);
    await hold.release();
    await startProjector(system.env, { when: 'listening' });
    expect(await rebuilds.ended(2)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('no longer the one of the live generation') as string,
    });
    expect(await list()).toEqual({ count: 300, stale: 'source-recreated' });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
    expect((await list()).count).toBe(250);
  });

  test('is created again once more while an archive is read is read as it is then', async () => {
    await start(150);
    const archive = await createStream();
    await publishTokens(150, archive);
    await recreate(10);
    await isStale('source-recreated');
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    await rebuilds.begin({ stream: archive.name });
    await hold.reached;
    await recreate(20);
    await hold.release();
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done' });
    await isStale(null);
    await applied(publishTokens(1));
    expect(await list()).toEqual({ count: 171, stale: null });
  });

  test('was created again, and that fails for another reason, is not begun again at once by a setting', async () => {
    await start(120, await startSystem({ ON_SOURCE_CHANGE: 'rebuild' }));
    await system.database.query(
      `create function fill_disk() returns trigger language plpgsql as $$
      begin raise exception 'No space left on device' using errcode = '53100'; end $$;
      create trigger full_disk before update of position on generation
      for each row when (new.number > 1 and new.position > 50) execute function fill_disk()`,
    );
    await recreate(120);
    await eventually('it to wait', () => system.projector.logsWith('not rebuilding by itself').length > 0, {
      within: 20_000,
    });
    expect(await rebuilds.status()).toMatchObject({ state: 'failed', generation: 2 });
    await system.database.query('drop trigger full_disk on generation');
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
  });
});
