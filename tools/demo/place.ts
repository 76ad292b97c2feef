import { randomBytes } from 'node:crypto';
import { atEnd } from '../../test/support/at-end.js';
import { createFromTemplate, dropDatabase, migrate } from '../../test/support/databases.js';
import { natsServer } from '../../test/support/servers/nats.js';
import { postgresServer } from '../../test/support/servers/postgres.js';
import type { Server } from '../../test/support/servers/server.js';
import { deleteStreamsOf } from '../../test/support/streams.js';

/** The port that the documents name. */
const NATS_PORT = 4222;

/** The servers, database and names of the demo. */
export interface Place {
  readonly postgres: Server;
  readonly nats: Server;
  readonly databaseUrl: string;
  /** Request subjects are `<prefix>.list` and so on. */
  readonly prefix: string;
  /** The settings of the apps and tokenctl. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Servers, a migrated database and names. On our own server the names are the default ones. On any other server the demo makes a fresh
 * database and stream, named after this run, and removes them at the end: it touches no existing data, and no earlier run disturbs it.
 */
export async function findPlace(): Promise<Place> {
  const run = randomBytes(4).toString('hex');
  const postgres = await postgresServer({ durable: true });
  atEnd('stopping PostgreSQL', () => postgres.stop());
  const nats = await natsServer({ preferredPort: NATS_PORT });
  atEnd('stopping nats-server', () => nats.stop());

  const database = postgres.isOwn ? 'tokens' : `charging_tokens_demo_${run}`;
  const databaseUrl = await createFromTemplate(postgres.url, database);
  if (!postgres.isOwn) atEnd(`dropping the database ${database}`, () => dropDatabase(postgres.url, database));
  await migrate(databaseUrl);

  const stream = nats.isOwn ? 'TOKENS' : `CHARGING_TOKENS_DEMO_${run}`;
  const prefix = nats.isOwn ? 'tokens' : `charging-tokens-demo.${run}`;
  if (!nats.isOwn) atEnd(`deleting the stream ${stream}`, () => deleteStreamsOf(nats.url, stream));
  const env = {
    DATABASE_URL: databaseUrl,
    NATS_URL: nats.url,
    NATS_STREAM: stream,
    NATS_STREAM_SUBJECTS: `${prefix}.events.>`,
    NATS_SUBJECT_PREFIX: prefix,
    LOG_LEVEL: 'warn',
  };
  return { postgres, nats, databaseUrl, prefix, env };
}
