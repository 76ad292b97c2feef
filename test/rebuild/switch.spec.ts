import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { inTransaction } from '#projection/store/transaction.js';
import { endJob } from '#projection/store/jobs.js';
import pg from 'pg';
import { readPosition, positionOf } from '#projection/store/position.js';
import { acquireLease, LeaseLost } from '#projection/store/lease.js';
import { createGeneration } from '#projection/store/generations.js';
import { JobProgress } from '#projection/rebuild/job-progress.js';
import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { switchGeneration } from '#projection/store/switch-generation.js';
import { RequestedOtherwise } from '#projection/store/job-requests.js';
import type { StoredJob } from '#projection/job.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const JOB: StoredJob = {
  ...PLAIN_REBUILD,
  startedAt: '2026-01-01T00:00:00.000Z',
  requested: 'run',
  phase: 'switching',
};
const MEASURED = '2026-01-01T00:00:00.123456Z';

describe('the switch to another generation', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeEach(async () => {
    database = await createDatabase();
    client = new pg.Client({ connectionString: database.url, application_name: 'test' });
    await client.connect();
    await client.query(
      `update generation set stream = 'S', stream_created = 'then', position = 5, caught_up_at = $1 where number = 1`,
      [MEASURED],
    );
    await inTransaction(client, () => createGeneration(client, TOKEN_PROJECTION, JOB));
  });
  afterEach(() => client.end());

  const end = () => new JobProgress(TOKEN_PROJECTION, 2, JOB).asEnded('done', 'generation 2 is live');
  const measured = async () => {
    const [live] = await database.query<{ number: number; same: boolean | null }>(
      `select number, caught_up_at = '${MEASURED}' as same from generation where state = 'live'`,
    );
    return live;
  };

  test('takes over when the list was last known to be up to date where both hold the same', async () => {
    await client.query(`update generation set stream = 'S', stream_created = 'then', position = 5 where number = 2`);
    const lease = (await acquireLease(client, TOKEN_PROJECTION, 'test'))!;
    await switchGeneration(client, lease, await positionOf(client, 2), end());
    expect(await measured()).toEqual({ number: 2, same: true });
  });

  test.each(['another position', 'another stream'])('claims nothing that nobody measured, at %s', async (where) => {
    const [created, position] = where === 'another stream' ? ['now', 5] : ['then', 6];
    await client.query(`update generation set stream = 'S', stream_created = $1, position = $2 where number = 2`, [
      created,
      position,
    ]);
    const lease = (await acquireLease(client, TOKEN_PROJECTION, 'test'))!;
    await switchGeneration(client, lease, await positionOf(client, 2), end());
    expect(await measured()).toEqual({ number: 2, same: null });
  });

  test.each(['cancel', 'pause'] as const)(
    'changes nothing once an operator has requested to %s the job',
    async (requested) => {
      const lease = (await acquireLease(client, TOKEN_PROJECTION, 'test'))!;
      const to = await positionOf(client, 2);
      await client.query(`update generation set job = job || $1 where number = 2`, [{ requested }]);
      const refused = switchGeneration(client, lease, to, end());
      await expect(refused).rejects.toThrow(RequestedOtherwise);
      await expect(refused).rejects.toMatchObject({ requested });
      expect(await readPosition(client, TOKEN_PROJECTION)).toMatchObject({ generation: 1 });
      expect(await database.query('select 1 from finished_job')).toEqual([]);
    },
  );

  test('changes nothing once another projector leads, or has ended the job', async () => {
    const before = (await acquireLease(client, TOKEN_PROJECTION, 'before'))!;
    await client.query(`update projector_lease set expires_at = '-infinity'`);
    const lease = (await acquireLease(client, TOKEN_PROJECTION, 'after'))!;
    const to = await positionOf(client, 2);
    await expect(switchGeneration(client, before, to, end())).rejects.toThrow(LeaseLost);
    expect(await inTransaction(client, () => endJob(client, TOKEN_PROJECTION, end()))).toBe(true);
    expect(await inTransaction(client, () => endJob(client, TOKEN_PROJECTION, end()))).toBe(false);
    await expect(switchGeneration(client, lease, to, end())).rejects.toThrow('its job has been ended');
    expect(await readPosition(client, TOKEN_PROJECTION)).toMatchObject({ generation: 1 });
    expect(await database.query('select 1 from finished_job')).toHaveLength(1);
  });
});
