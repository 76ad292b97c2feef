import pg from 'pg';
import type { Engine } from '#projection/engine.js';
import { VacantLease } from '#projection/rebuild/vacant-lease.js';
import { acquireLease, releaseLease, renewLease } from '#projection/store/lease.js';
import { TOKEN_PROJECTION as projection } from '#token-read-model/token-projection.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { withClient } from '../support/with-client.js';

describe('a process that cannot write the live generation', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let lease: VacantLease;
  let now = 1_000;

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await TcpProxy.before(database.url);
    pool = new pg.Pool({ connectionString: proxy.through(database.url) });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    atEnd('closing the pool', () => pool.end());
  });
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    lease = new VacantLease({ pool, projection } as unknown as Engine);
  });
  afterEach(() => jest.restoreAllMocks());

  async function looksFor(seconds: number): Promise<void> {
    for (let looks = 2 * seconds; looks > 0; looks -= 1) {
      now += 500;
      await lease.check();
    }
  }

  test('takes the lease when nobody has taken it for five seconds', async () => {
    await looksFor(5);
    expect([lease.isVacant, lease.isLeftToUs]).toEqual([true, false]);
    await looksFor(0.5);
    expect(lease.isLeftToUs).toBe(true);
  });

  test('gives the others all of this time again after the database was away, or when it stood still itself', async () => {
    await looksFor(4);
    proxy.set('refusing');
    await expect(lease.check()).rejects.toThrow();
    proxy.set('open');
    await looksFor(5);
    expect(lease.isLeftToUs).toBe(false);
    now += 6_000;
    await looksFor(5);
    expect(lease.isLeftToUs).toBe(false);
    await looksFor(0.5);
    expect(lease.isLeftToUs).toBe(true);
  });

  test('leaves it to one that writes a batch for longer than the lease lasts', async () => {
    await withClient(database.url, async (leader) => {
      const held = (await acquireLease(leader, projection, 'leader'))!;
      await letLeaseRunOut(database);
      await leader.query('begin');
      await renewLease(leader, held);
      await looksFor(6);
      expect(lease.isVacant).toBe(false);
      await leader.query('commit');
      await releaseLease(leader, held);
    });
    await looksFor(6);
    expect(lease.isLeftToUs).toBe(true);
  });

  test('looks without a lock, which would keep the lease from one that may take it if this process stood still', async () => {
    await letLeaseRunOut(database);
    await lease.check();
    expect(lease.isVacant).toBe(true);
    // The row names the last transaction that has locked it, also one that is over.
    expect(await database.query('select xmax from projector_lease')).toEqual([{ xmax: '0' }]);
  });
});
