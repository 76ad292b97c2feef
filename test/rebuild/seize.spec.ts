import pg from 'pg';
import { acquireLease, leaseEpoch, renewLease, seizeLease } from '#projection/store/lease.js';
import { isHeldForSchemaChange } from '#projection/store/live-generation.js';
import { inTransaction } from '#projection/store/transaction.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

describe('the lease that a release with newer tables takes from the release before', () => {
  let database: TestDatabase;
  const clients: pg.Client[] = [];

  beforeEach(async () => {
    database = await createDatabase();
    for (let i = 0; i < 2; i += 1) clients.push(new pg.Client({ connectionString: database.url }));
    for (const client of clients) await client.connect();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
  });

  test('is taken by one of two that are ready at the same moment, and the other one sees at once that it is held', async () => {
    const [one, other] = clients as [pg.Client, pg.Client];
    await acquireLease(one, TOKEN_PROJECTION, 'the release before');
    const seen = await leaseEpoch(other, TOKEN_PROJECTION);
    const lease = await seizeLease(one, TOKEN_PROJECTION, 'one', seen);
    expect(lease).toMatchObject({ holder: 'one', epoch: String(Number(seen) + 1) });
    expect(await isHeldForSchemaChange(other, TOKEN_PROJECTION)).toBe(true);
    expect(await seizeLease(other, TOKEN_PROJECTION, 'other', seen)).toBeUndefined();
    await inTransaction(one, () => renewLease(one, lease!));
  });

  test('is not waited for while its holder commits', async () => {
    const [holder, next] = clients as [pg.Client, pg.Client];
    const lease = (await acquireLease(holder, TOKEN_PROJECTION, 'the release before'))!;
    await inTransaction(holder, async () => {
      await renewLease(holder, lease);
      expect(await seizeLease(next, TOKEN_PROJECTION, 'next', lease.epoch)).toBeUndefined();
    });
    expect(await isHeldForSchemaChange(next, TOKEN_PROJECTION)).toBe(false);
    expect(await seizeLease(next, TOKEN_PROJECTION, 'next', lease.epoch)).toBeDefined();
  });
});
