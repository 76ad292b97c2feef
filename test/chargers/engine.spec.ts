import { jetstream } from '@nats-io/jetstream';
import pg from 'pg';
import type { StoredJob } from '#projection/job.js';
import { LeadersWork } from '#projection/rebuild/leaders-work.js';
import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { ensureSameHistory } from '#projection/store/proof/same-history.js';
import { createGeneration, dropGeneration } from '#projection/store/generations.js';
import { forgetOldEnds } from '#projection/store/jobs.js';
import { confirmLoss } from '#projection/store/job-requests.js';
import { migrate } from '#projection/store/migrate.js';
import { isNobodyPreparing, lockPreparing } from '#projection/store/preparing-lock.js';
import { connectWriter } from '#projection/store/writer-client.js';
import { decodeOrReject } from '#projection/stream/decode-or-reject.js';
import { EventReader } from '#projection/stream/event-reader.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { notReady, ready } from '../faults/health.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { withClient } from '../support/with-client.js';
import { CHARGER_PROJECTION } from './charger-projection.js';
import { ChargerSystem } from './charger-system.js';

const JOB: StoredJob = { ...PLAIN_REBUILD, startedAt: '2026-01-01T00:00:00.000Z', requested: 'run', phase: 'filling' };

describe('the engine, of two projections in one database', () => {
  let database: TestDatabase;
  const clients: pg.Client[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    await migrate(database.url, CHARGER_PROJECTION);
    for (let i = 0; i < 2; i += 1) {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      clients.push(client);
    }
  });
  afterAll(async () => {
    for (const client of clients) await client.end();
  });

  test('gives no number to two generations that are made at the same moment', async () => {
    const [one, other] = clients as [pg.Client, pg.Client];
    await one.query('begin');
    await other.query('begin');
    const first = await createGeneration(one, TOKEN_PROJECTION, JOB);
    const second = createGeneration(other, CHARGER_PROJECTION, JOB);
    await eventually('the second one to wait for the first', () => isLockAwaited(database, 'true'));
    await one.query('commit');
    await expect(second).resolves.toBe(first + 1);
    await other.query('commit');
  });

  test('gives no number whose tables are there already, as after a restore into a database that had more generations', async () => {
    const restored = await createDatabase();
    await restored.query('create table charger_2 (id bigint)');
    await expect(migrate(restored.url, CHARGER_PROJECTION)).resolves.toEqual([]);
    const live = await restored.query(`select number from generation where projection = 'chargers' and state = 'live'`);
    expect(live).toEqual([{ number: 3 }]);
    await restored.query('create table charger_4 (id bigint); create table charger_5 (id bigint)');
    await withClient(restored.url, async (client) => {
      await client.query('begin');
      expect(await createGeneration(client, CHARGER_PROJECTION, JOB)).toBe(6);
    });
  });

  test('lets nobody confirm or drop by the number what is of the other projection', async () => {
    const [client] = clients as [pg.Client];
    const made = await createGeneration(client, CHARGER_PROJECTION, { ...JOB, loss: { from: 900, to: 5 } });
    const job = { generation: made, startedAt: JOB.startedAt };
    expect(await confirmLoss(client, TOKEN_PROJECTION, undefined, job, 5)).toBe('no such job');
    expect(await confirmLoss(client, CHARGER_PROJECTION, undefined, job, 5)).toBe('stored');
    await client.query('update generation set job = null where number = $1', [made]);
    const isThere = async () =>
      (await client.query('select 1 from generation where number = $1', [made])).rowCount === 1;
    await dropGeneration(client, TOKEN_PROJECTION, made);
    expect(await isThere()).toBe(true);
    await dropGeneration(client, CHARGER_PROJECTION, made);
    expect(await isThere()).toBe(false);
    expect((await client.query(`select to_regclass('charger_${made}') as gone`)).rows).toEqual([{ gone: null }]);
  });

  test('drops every table of a generation, whichever release made it', async () => {
    const [client] = clients as [pg.Client];
    const note = {
      name: 'chargerNote',
      columns: 'id bigint not null',
      key: ['id'],
      owner: { of: 'charger', column: 'id' },
    };
    const newer = { ...CHARGER_PROJECTION, tables: [...CHARGER_PROJECTION.tables, note] };
    const made = await createGeneration(client, newer, JOB);
    await client.query('update generation set job = null where number = $1', [made]);
    await dropGeneration(client, CHARGER_PROJECTION, made);
    expect((await client.query(`select to_regclass('charger_note_${made}') as gone`)).rows).toEqual([{ gone: null }]);
  });

  test('forgets after a time how the jobs of one have ended, except the last of each kind', async () => {
    const [client] = clients as [pg.Client];
    const ends = ['tokens', 'chargers'].flatMap((projection) =>
      [40, 39, 1].map(
        (days) => `('${projection}', '{"kind":"verify","state":"done"}', now() - interval '${days} days')`,
      ),
    );
    const other = `('chargers', '{"kind":"rebuild","state":"cancelled"}', now() - interval '40 days')`;
    await client.query(
      `insert into finished_job (projection, status, finished_at) values ${[...ends, other].join(', ')}`,
    );
    await forgetOldEnds(client, CHARGER_PROJECTION);
    const { rows } = await client.query<{ left: string }>(
      `select concat_ws(' ', projection, status ->> 'kind', extract(day from now() - finished_at)) as left from finished_job order by id`,
    );
    expect(rows.map(({ left }) => left)).toEqual([
      ...['tokens verify 40', 'tokens verify 39', 'tokens verify 1'],
      ...['chargers verify 1', 'chargers rebuild 40'],
    ]);
  });

  test('lets the release of one change its schema while a release of the other does', async () => {
    const [one, other] = clients as [pg.Client, pg.Client];
    expect(await lockPreparing(one, CHARGER_PROJECTION)).toBe(true);
    expect(await lockPreparing(other, CHARGER_PROJECTION)).toBe(false);
    expect(await isNobodyPreparing(other, TOKEN_PROJECTION)).toBe(true);
    expect(await lockPreparing(other, TOKEN_PROJECTION)).toBe(true);
  });
});

describe('the engine', () => {
  test('closes the connection of a rebuild, although closing what it builds fails', async () => {
    const database = await createDatabase();
    const client = await connectWriter(database.url, 1_000, 'test');
    const build = { close: () => Promise.reject(new Error('the server has gone')) };
    const work = Object.assign(Object.create(LeadersWork.prototype) as LeadersWork, { build, parts: { client } });
    await expect(work.close()).rejects.toThrow('the server has gone');
    // It waits until no connection is left.
    await database.drop();
  });

  test('repairs from no archive where no table says what it knows of one', async () => {
    const system = await ChargerSystem.create();
    const client = new pg.Client({ connectionString: system.database.url });
    await client.connect();
    const tables = CHARGER_PROJECTION.tables.map(({ isKnown: _, ...template }) => template) as never;
    const judged = ensureSameHistory(client, { ...CHARGER_PROJECTION, tables }, 1, 'ARCHIVE');
    await expect(judged).rejects.toThrow('no table of chargers can be compared with an archive');
    await client.end();
  });

  test('waits, and says what to do, where the database was migrated for another projection only', async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream()]);
    const system = new ChargerSystem(database, stream);
    const projector = await system.startProjector({ when: 'listening' });
    await notReady(
      projector,
      'projector',
      /^outdated: the database holds no charger read model: run "chargerctl migrate"$/,
    );
    await migrate(database.url, CHARGER_PROJECTION);
    await ready(projector);
    expect(projector.logs.filter(({ level }) => level >= 50)).toEqual([]);
  });

  test('takes a message at which a projection throws for one that cannot be applied', async () => {
    const stream = await createStream();
    const decode = (payload: Uint8Array) => {
      if (payload.length > 3) throw new TypeError('x is undefined');
      return { kind: 'skipped', type: 'x' } as const;
    };
    // First without the NATS client, which would not go on after that.
    expect(() => decodeOrReject({ decode }, Buffer.from('long'), [])).not.toThrow();
    const reader = await EventReader.open({ decode, weigh: () => 1 }, jetstream(stream.nats), stream.name, 1);
    await publishRaw(stream, 'long');
    await publishRaw(stream, 'abc');
    const [first] = await reader.next(2_000, 1);
    const [second] = await reader.next(2_000, 1);
    await reader.close();
    expect(first?.decoded).toEqual({ kind: 'rejected', reason: 'the projection failed at it: x is undefined' });
    expect(second?.decoded.kind).toBe('skipped');
  });
});
