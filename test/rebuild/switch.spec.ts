import pg from 'pg';
import { readPosition, positionOf } from '../../apps/projector/src/consume/position.js';
import { inTransaction } from '../../apps/projector/src/lead/fenced.js';
import { acquireLease, LeaseLost } from '../../apps/projector/src/lead/lease.js';
import { createGeneration, endJob } from '../../apps/projector/src/rebuild/generations.js';
import { JobProgress } from '../../apps/projector/src/rebuild/job-progress.js';
import { PLAIN_REBUILD } from '../../apps/projector/src/rebuild/plain-rebuild.js';
import { switchGeneration } from '../../apps/projector/src/rebuild/switch-generation.js';
import type { StoredJob } from '#read-model/job.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const JOB: StoredJob = { ...PLAIN_REBUILD, startedAt: '2026-01-01T00:00:00.000Z', wish: 'run', phase: 'switching' };
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
    await inTransaction(client, () => createGeneration(client, JOB));
  });
  afterEach(() => client.end());

  const end = () => new JobProgress(JOB, 2).asEnded('done', 'generation 2 is live');
  const measured = async () => {
    const [live] = await database.query<{ number: number; same: boolean | null }>(
      `select number, caught_up_at = '${MEASURED}' as same from generation where state = 'live'`,
    );
    return live;
  };

  test('takes over when the list was last known to be up to date where both hold the same', async () => {
    await client.query(`update generation set stream = 'S', stream_created = 'then', position = 5 where number = 2`);
    const lease = (await acquireLease(client, 'test'))!;
    await switchGeneration(client, lease, await positionOf(client, 2), end());
    expect(await measured()).toEqual({ number: 2, same: true });
  });

  test.each(['another position', 'another stream'])('claims nothing that nobody measured, at %s', async (where) => {
    const [created, position] = where === 'another stream' ? ['now', 5] : ['then', 6];
    await client.query(`update generation set stream = 'S', stream_created = $1, position = $2 where number = 2`, [
      created,
      position,
    ]);
    const lease = (await acquireLease(client, 'test'))!;
    await switchGeneration(client, lease, await positionOf(client, 2), end());
    expect(await measured()).toEqual({ number: 2, same: null });
  });

  test('changes nothing once another projector leads, or has ended the job', async () => {
    const before = (await acquireLease(client, 'before'))!;
    await client.query(`update projector_lease set expires_at = '-infinity'`);
    const lease = (await acquireLease(client, 'after'))!;
    const to = await positionOf(client, 2);
    await expect(switchGeneration(client, before, to, end())).rejects.toThrow(LeaseLost);
    expect(await inTransaction(client, () => endJob(client, end()))).toBe(true);
    expect(await inTransaction(client, () => endJob(client, end()))).toBe(false);
    await expect(switchGeneration(client, lease, to, end())).rejects.toThrow('its job has been ended');
    expect(await readPosition(client)).toMatchObject({ generation: 1 });
    expect(await database.query('select 1 from finished_job')).toHaveLength(1);
  });
});
