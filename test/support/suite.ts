import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { atEnd, cleanUp } from './at-end.js';
import { bundleChargers } from './bundle.js';
import { createFromTemplate, dropDatabasesOf, migrate } from './databases.js';
import { natsServer } from './servers/nats.js';
import { postgresServer } from './servers/postgres.js';
import { deleteStreamsOf } from './streams.js';

const BUILT = ['projector', 'query', 'tokenctl'].map((app) => `dist/bin/${app}.js`);

/**
 * Runs once for all test files: starts the servers and makes a migrated template database. All names contain the name of this run, so that
 * several runs can share servers, and the end of the run removes everything, including the remains of a crashed file.
 * @returns a function that ends everything
 */
export async function setUpSuite(): Promise<() => Promise<void>> {
  const missing = BUILT.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    throw new Error(`The tests run the built apps, but there is no ${missing.join(', ')}: run "npm run build" first.`);
  }
  try {
    await bundleChargers();
    await prepare(randomBytes(4).toString('hex'));
  } catch (error) {
    await cleanUp();
    throw error;
  }
  return async () => {
    const problems = await cleanUp();
    if (problems.length > 0) throw new Error(`The suite did not end cleanly:\n${problems.join('\n')}`);
  };
}

async function prepare(run: string): Promise<void> {
  const postgres = await postgresServer();
  atEnd('stopping PostgreSQL', () => postgres.stop());
  const nats = await natsServer();
  atEnd('stopping nats-server', () => nats.stop());
  atEnd('deleting the streams of this run', () => deleteStreamsOf(nats.url, `TEST_${run}_`));

  const template = `tokens_test_${run}`;
  atEnd('dropping the databases of this run', () => dropDatabasesOf(postgres.url, template));
  await migrate(await createFromTemplate(postgres.url, template));
  Object.assign(process.env, {
    TEST_RUN: run,
    TEST_DATABASE_SERVER: postgres.url,
    TEST_DATABASE_TEMPLATE: template,
    TEST_NATS_URL: nats.url,
  });
}
