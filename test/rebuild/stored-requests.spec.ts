import type pg from 'pg';
import type { StoredJob } from '#projection/job.js';
import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { createGeneration } from '#projection/store/generations.js';
import { changeJob } from '#projection/store/jobs.js';
import { confirmLoss, storeRequest } from '#projection/store/job-requests.js';
import { acquireLease, type Lease } from '#projection/store/lease.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const JOB: StoredJob = {
  ...PLAIN_REBUILD,
  startedAt: '2026-01-01T00:00:00.000Z',
  requested: 'run',
  phase: 'filling',
  loss: { from: 900, to: 5 },
};

describe('what an operator requests of a job', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let lease: Lease;
  let job: { generation: number; startedAt: string };

  beforeEach(async () => {
    database = await createDatabase();
    client = await connectWriter(database.url, 10_000);
    job = { generation: await createGeneration(client, TOKEN_PROJECTION, JOB), startedAt: JOB.startedAt };
    lease = (await acquireLease(client, TOKEN_PROJECTION, 'test'))!;
  });
  afterEach(() => disconnectWriter(client));

  const cancel = (by: Lease | undefined, of = job) => storeRequest(client, TOKEN_PROJECTION, by, of, 'cancel');
  const confirm = (by: Lease | undefined, of = job) => confirmLoss(client, TOKEN_PROJECTION, by, of, 5);
  const stored = async (): Promise<Partial<StoredJob>> =>
    (await database.query<{ job: StoredJob }>('select job from generation where job is not null'))[0]!.job;

  test('is stored by the projector that leads, also when its lease has run out in a long batch', async () => {
    await letLeaseRunOut(database);
    expect([await confirm(lease), await cancel(lease)]).toEqual(['stored', 'stored']);
    expect(await stored()).toEqual({ ...JOB, requested: 'cancel', confirmedRows: 5 });
  });

  test('is stored by a projector that does not lead while none does', async () => {
    expect([await cancel(undefined), await confirm(undefined)]).toEqual(['not in charge', 'not in charge']);
    expect(await stored()).toEqual(JOB);
    await letLeaseRunOut(database);
    expect([await confirm(undefined), await cancel(undefined)]).toEqual(['stored', 'stored']);
    expect(await confirm(undefined)).toBe('cancelled');
  });

  test('is not stored by a former leader', async () => {
    await letLeaseRunOut(database);
    await acquireLease(client, TOKEN_PROJECTION, 'its successor');
    expect([await cancel(lease), await confirm(lease)]).toEqual(['not in charge', 'not in charge']);
    expect(await stored()).toEqual(JOB);
  });

  test('is not stored with a later job whose generation has the same number', async () => {
    const earlier = { ...job, startedAt: '2025-12-31T00:00:00.000Z' };
    expect([await cancel(lease, earlier), await confirm(lease, earlier)]).toEqual(['no such job', 'no such job']);
    await changeJob(client, earlier, { phase: 'switching' });
    expect(await stored()).toEqual(JOB);
  });
});
