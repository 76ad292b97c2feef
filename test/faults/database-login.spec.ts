import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { startPostgres } from '../support/servers/postgres.js';
import { atEnd } from '../support/at-end.js';
import { createStream } from '../support/stream.js';
import type { AppProcess } from '../support/app-process.js';

/** PostgreSQL asks nobody for a password in the tests; an unknown role is refused all the same, with a code of the same class. */
test('a login that PostgreSQL refuses is called that, and not a database that is away', async () => {
  const server = await startPostgres();
  atEnd('stopping PostgreSQL', () => server.stop());
  const [database, stream] = await Promise.all([createDatabase(server), createStream()]);
  const url = new URL(database.url);
  url.username = 'nobody_of_that_name';
  const env = { ...stream.env, DATABASE_URL: url.href };
  const [query, projector] = await Promise.all([
    startQuery(env, { when: 'listening' }),
    startProjector(env, { when: 'listening' }),
  ]);
  const reasons = async ({ url: app }: AppProcess) => (await fetch(`${app}/health/ready`)).text();
  await eventually('the query app to say so', async () => /"database":"refuses the login/.test(await reasons(query)));
  await eventually('the projector to say so', async () =>
    /PostgreSQL refuses the login/.test(await reasons(projector)),
  );
  const { output, exit } = await runTokenctl(['status'], env);
  expect(output).toMatch(/refuses the login \(SQLSTATE 28/);
  expect(exit.code).not.toBe(0);
});
