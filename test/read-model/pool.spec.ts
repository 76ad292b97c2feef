import { createPool } from '#service-runtime/postgres/pool.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

describe('a pool of database connections', () => {
  test('the loss of a connection that is handed out, between two of its statements, is heard and ends nothing', async () => {
    const database = await createDatabase();
    const options = {
      applicationName: 'test-pool',
      connections: 1,
      statementTimeoutMs: 5_000,
      acquireTimeoutMs: 5_000,
    };
    const pool = createPool(database.url, options, () => undefined);
    const client = await pool.connect();
    try {
      expect(client.listenerCount('error')).toBeGreaterThan(0);
      let isLost = false;
      client.on('end', () => (isLost = true));
      await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-pool'`,
      );
      await eventually('the loss to be noticed', () => isLost);
    } finally {
      client.release(true);
    }
    expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
