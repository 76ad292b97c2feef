import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { ready } from '../faults/health.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import type { System } from '../support/system.js';
import { Rebuilds } from './rebuilds.js';

const NOBODY = 'tokens_without_rights';

describe('before a rebuild, room on the disk', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });

  async function start(settings: Readonly<Record<string, string>>): Promise<{ rebuilds: Rebuilds; system: System }> {
    const stream = await createStream();
    const env = { ...database.env, ...stream.env, ...settings };
    const [projector, query] = await Promise.all([startProjector(env), startQuery({ ...env, ...database.env })]);
    await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created')));
    const system = { database, stream, projector, query, env };
    return { system, rebuilds: new Rebuilds(system) };
  }

  test('is compared with what the database may grow to, and nothing is begun without it', async () => {
    const { rebuilds } = await start({ DATABASE_MAX_BYTES: '1000000' });
    const refusal =
      /There is no room: the rebuild needs about [\d,]+ bytes, the database has [\d,]+ bytes and DATABASE_MAX_BYTES allows 1,000,000 bytes/;
    await expect(rebuilds.ask('rebuild')).rejects.toThrow(refusal);
    await expect(rebuilds.ask('verify')).rejects.toThrow('There is no room: the verify');
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
    expect(await rebuilds.status()).toBeNull();
  });

  test('is kept in view while it runs', async () => {
    const { rebuilds, system } = await start({ DATABASE_MAX_BYTES: '1000000' });
    const generation = await rebuilds.begin({ skipDiskCheck: true });
    await rebuilds.ask('rebuild.pause').catch(() => undefined);
    expect(await rebuilds.ended(generation)).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/more than the 1,000,000 bytes of DATABASE_MAX_BYTES/) as string,
    });
    expect(await system.database.query(`select to_regclass('token_${generation}') as left`)).toEqual([{ left: null }]);
  });

  test('is measured where the role may have the server do that', async () => {
    const { rebuilds } = await start({});
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
  });

  test('that cannot be told has to be set, or left unchecked on purpose', async () => {
    await database.query(
      `do $$ begin create role ${NOBODY} login password 'x'; exception when duplicate_object then null; end $$`,
    );
    await database.query(`grant all on schema public to ${NOBODY}`);
    await database.query(`do $$ declare t record; begin
      for t in select tablename from pg_tables where schemaname = 'public' loop execute format('alter table %I owner to ${NOBODY}', t.tablename); end loop; end $$`);
    const url = new URL(database.url);
    url.username = NOBODY;
    url.password = 'x';
    const { rebuilds, system } = await start({ DATABASE_URL: url.href, ON_SOURCE_CHANGE: 'rebuild' });
    await expect(rebuilds.ask('rebuild')).rejects.toThrow(
      /It is not known whether there is room .*: the role may not .*DATABASE_MAX_BYTES.*--skip-disk-check/,
    );
    expect(await rebuilds.carryOut({ skipDiskCheck: true })).toMatchObject({ state: 'done' });
    // The way back needs none.
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    // Nobody is there to be asked again where configuration asks for it.
    const { stream, query, projector } = system;
    await (await jetstreamManager(stream.nats)).streams.delete(stream.name);
    await eventually(
      'the rebuild to begin',
      async () => projector.logsWith('The job begins without this check, because a setting started it.').length > 0,
      { within: 20_000 },
    );
    await publish(stream, aTokenEvent('token.created', { id: 4_711 }));
    await ready(projector, 20_000);
    await eventually(
      'the read model to be that of the new stream',
      async () =>
        (await httpList(query.url))
          .json<{ data: { id: number }[] }>()
          .data.map(({ id }) => id)
          .join() === '4711',
      { within: 20_000 },
    );
    // Again where the generation that was replaced is dropped at that moment.
    await eventually('the role to own nothing', async () => {
      await database.query(`reassign owned by ${NOBODY} to current_user; drop owned by ${NOBODY}`);
      return true;
    });
  });
});

test.each([
  ['a full disk', 'disk_full', 'the disk of the database is full'],
  ['the limit on temporary files', 'configuration_limit_exceeded', 'a limit of the database forbids it'],
])('a rebuild that meets %s ends, and gives back what it took', async (_, code, message) => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const env = { ...database.env, ...stream.env };
  const [, query] = await Promise.all([startProjector(env), startQuery(env)]);
  await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created')));
  // What PostgreSQL says when a table cannot grow.
  await database.query(`create function no_space() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = '${code}'; end $$`);
  await database.query(`create function no_space_in_token_2() returns event_trigger language plpgsql as $$
    begin
      if to_regclass('token_2') is not null and not exists (select 1 from pg_trigger where tgname = 'full') then
        create trigger "full" before insert on token_2 for each row execute function no_space();
      end if;
    end $$`);
  await database.query(
    `create event trigger full_disk on ddl_command_end when tag in ('CREATE TABLE') execute function no_space_in_token_2()`,
  );
  const rebuilds = new Rebuilds({ stream, database });
  const end = await rebuilds.carryOut();
  expect(end).toMatchObject({
    state: 'failed',
    message: expect.stringContaining(message) as string,
  });
  expect(await rebuilds.generations()).toEqual({ 1: 'live' });
  expect(await database.query(`select to_regclass('token_2') as left`)).toEqual([{ left: null }]);
  await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created')));
});
