import { createDatabase, type TestDatabase } from '../support/database.js';
import { httpList } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { startProjector, startQuery } from '../support/processes.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { createStream } from '../support/stream.js';
import type { AppProcess } from '../support/app-process.js';
import { notReady, ready } from './health.js';

describe('on a database that the migrations of this release have not reached', () => {
  const NEWEST = ['complete_to', 'gap_until'];
  let database: TestDatabase;
  let env: Record<string, string>;
  let query: AppProcess;
  let projector: AppProcess;

  beforeAll(async () => {
    const [made, stream] = await Promise.all([createDatabase(), createStream()]);
    database = made;
    env = { ...database.env, ...stream.env };
    for (const column of NEWEST)
      await database.query(`alter table generation rename column ${column} to not_${column}`);
    [query, projector] = await Promise.all([
      startQuery(env, { when: 'listening' }),
      startProjector(env, { when: 'listening' }),
    ]);
  });

  test('neither app is ready, and each says what to do', async () => {
    await notReady(query, 'database', /is not migrated to this release yet: run the migrations/);
    await notReady(projector, 'projector', /is not migrated to this release yet: run the migrations/);
  });

  test('a request is a 503 and no unforeseen error', async () => {
    const { status, body } = await httpList(query.url, {}, { token: await signToken() });
    expect({ status, body }).toEqual({
      status: 503,
      body: expect.stringContaining('not ready for this release') as string,
    });
  });

  test('tokenctl says what to do', async () => {
    const { output } = await runTokenctl(['status'], env);
    expect(output).toMatch(/no read model of this release yet; run "tokenctl migrate" first/);
  });

  test('both go on by themselves once they have', async () => {
    for (const column of NEWEST)
      await database.query(`alter table generation rename column not_${column} to ${column}`);
    await Promise.all([ready(query), ready(projector)]);
  });
});
