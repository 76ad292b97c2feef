import { readFileSync, writeFileSync } from 'node:fs';
import { holdLocks } from '../faults/hold-locks.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { Operator } from '../tokenctl/operator.js';
import { describeSchema } from './schema.js';

const FILE = 'libs/projection/schema.sql';

describe('the schema', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });

  test('of a migrated database is the committed one', async () => {
    const schema = await describeSchema(database);
    if (process.env['UPDATE_GENERATED']) writeFileSync(FILE, schema);
    expect(schema).toBe(readFileSync(FILE, 'utf8'));
  });

  test('is left alone by a second run', async () => {
    const before = await describeSchema(database);
    const { stdout } = await runTokenctl(['migrate'], database.env);
    expect(stdout).toContain('Nothing to migrate');
    expect(await describeSchema(database)).toBe(before);
  });

  test('comes out the same when four starters migrate an empty database at once', async () => {
    await database.query('drop schema public cascade; create schema public');
    const runs = await Promise.all(Array.from({ length: 4 }, () => runTokenctl(['migrate'], database.env)));
    expect(runs.filter(({ stdout }) => stdout.includes('Migrated'))).toHaveLength(1);
    expect(await describeSchema(database)).toBe(readFileSync(FILE, 'utf8'));
    expect(await database.query('select number, state from generation')).toEqual([{ number: 1, state: 'live' }]);
  });

  test('is left to another process that migrates, and who waits says for which', async () => {
    const release = await holdLocks(database, 'select pg_advisory_lock(7146201)');
    const waiting = new Operator(database.env).start('migrate');
    await waiting.writes(/Another process migrates this database/);
    const pid = Number(/pid (\d+) in pg_stat_activity/.exec(waiting.output)?.[1]);
    expect(await database.query('select application_name from pg_stat_activity where pid = $1', [pid])).toEqual([
      { application_name: 'test-locks' },
    ]);
    expect(waiting.output).toContain(`select pg_terminate_backend(${pid})`);
    await release();
    expect(await waiting.exited).toMatchObject({ code: 0 });
  });

  test('never lets two generations be live', async () => {
    await expect(
      database.query(`insert into generation (number, state, schema_version) values (9, 'live', 1)`),
    ).rejects.toThrow('generation_live');
  });
});
