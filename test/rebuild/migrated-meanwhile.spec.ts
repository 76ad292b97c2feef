import pg from 'pg';
import { createDataSource } from '#projection/store/data-source.js';
import { migrate } from '#projection/store/migrate.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { atEnd } from '../support/at-end.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

/** Shorter than a caller of the list waits for its answer. */
const SOON = `set statement_timeout = '2500ms'`;

async function connect({ url }: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  atEnd('a connection', () => client.end());
  return client;
}

describe('a migration', () => {
  test('does not wait for the end of a comparison, so that nobody waits behind it', async () => {
    const system = await startSystem();
    const rebuilds = new Rebuilds(system);
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
    const hold = await (await HoldPoints.open(system.database)).inProof(2);
    const generation = await rebuilds.begin({}, 'verify');
    await hold.reached;
    const migration = await connect(system.database);
    await migration.query(SOON);
    await expect(migration.query('alter table generation add column something_new int')).resolves.toBeDefined();
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done', differences: 0 });
  });

  test('that must wait for a reader of a table lets other readers read it meanwhile', async () => {
    const database = await createDatabase();
    const dataSource = await createDataSource(database.url).initialize();
    // The last one that changes the table.
    const undone = ['0009', '0008'];
    for (const _ of undone) await dataSource.undoLastMigration();
    await dataSource.destroy();
    const slow = await connect(database);
    await slow.query('begin; select 1 from generation');
    const migrated = migrate(database.url, TOKEN_PROJECTION);
    await eventually('it to wait', () => isLockAwaited(database, `mode = 'AccessExclusiveLock'`));
    const reader = await connect(database);
    await reader.query(SOON);
    await expect(reader.query('select 1 from generation')).resolves.toBeDefined();
    await slow.query('commit');
    expect(await migrated).toHaveLength(undone.length);
  });
});
