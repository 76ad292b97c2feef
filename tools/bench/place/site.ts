import { jetstreamManager, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { atEnd } from '../../../test/support/at-end.js';
import { createFromTemplate, migrate } from '../../../test/support/databases.js';
import { connectTo } from '../../../test/support/streams.js';
import type { BenchServers } from './servers.js';

/** A database, a stream and subjects, all with one name. */
export interface Site {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly nats: NatsConnection;
  readonly stream: string;
  /** Request subjects are `<prefix>.list` and so on. */
  readonly prefix: string;
  /** The first part of every event's subject: `<baseSubject>.token.1`. */
  readonly baseSubject: string;
  /** The settings of the apps. */
  readonly env: Readonly<Record<string, string>>;
}

/** An empty, migrated database and an empty stream. */
export async function openSite({ postgres, nats }: BenchServers, name: string): Promise<Site> {
  const databaseUrl = await createFromTemplate(postgres.url, name);
  await migrate(databaseUrl);
  const connection = await connectTo(nats.url);
  atEnd('closing a NATS connection', () => connection.close());
  const site = { databaseUrl, natsUrl: nats.url, nats: connection, stream: name.toUpperCase(), prefix: name };
  await addStream(connection, site.stream, `${name}.events.>`);
  return {
    ...site,
    baseSubject: `${name}.events`,
    env: {
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
      NATS_STREAM: site.stream,
      NATS_STREAM_SUBJECTS: `${name}.events.>`,
      NATS_SUBJECT_PREFIX: name,
    },
  };
}

export async function addStream(connection: NatsConnection, name: string, subjects: string): Promise<void> {
  const { streams } = await jetstreamManager(connection);
  await streams.add({ name, subjects: [subjects], storage: StorageType.File });
}
