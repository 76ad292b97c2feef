import { createDataSource } from '#projection/store/data-source.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { migrate } from '../support/databases.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { createStream } from '../support/stream.js';
import { notReady, ready } from './health.js';
import { leaseEpoch } from './lease.js';

/** Those that the release before knew. */
const MIGRATIONS_BEFORE = 2;

async function backToTheReleaseBefore(database: TestDatabase): Promise<void> {
  const dataSource = await createDataSource(database.url).initialize();
  try {
    for (let left = dataSource.migrations.length; left > MIGRATIONS_BEFORE; left -= 1)
      await dataSource.undoLastMigration();
  } finally {
    await dataSource.destroy();
  }
}

test('a release that starts before its migrations says so, answers 503 and leaves the lease to projectors that can lead; then it works', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  await backToTheReleaseBefore(database);
  const env = { ...database.env, ...stream.env };
  const [projector, query] = await Promise.all([
    startProjector(env, { when: 'listening' }),
    startQuery(env, { when: 'listening' }),
  ]);
  await notReady(projector, 'projector', /^outdated: .*GroupSweeps1764000000004.* run "tokenctl migrate"$/);
  await notReady(query, 'database', /is not migrated to this release yet: run the migrations/);
  expect(await leaseEpoch(database)).toBe(0);
  const answer = await httpList(query.url);
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: 503,
    body: expect.stringContaining('The database is not ready for this release') as string,
  });
  expect((await runTokenctl(['status'], env)).output).toMatch(
    /no read model of this release yet; run "tokenctl migrate" first/,
  );

  await migrate(database.url);
  await Promise.all([ready(projector), ready(query)]);
  await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created', { id: 1 })));
});
