import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { randomBytes } from 'node:crypto';
import { atEnd } from './at-end.js';
import { connectTo, deleteStreamsOf } from './streams.js';
import { suiteEnvironment } from './suite-environment.js';

export interface TestStream {
  readonly name: string;
  /** The prefix of the request subjects: `<prefix>.list`. Events go to `<prefix>.events.>`. */
  readonly prefix: string;
  readonly natsUrl: string;
  /** The test's own connection, closed at the end of the file. */
  readonly nats: NatsConnection;
  /** The settings that make an app use the stream. */
  readonly env: Readonly<Record<'NATS_URL' | 'NATS_STREAM' | 'NATS_STREAM_SUBJECTS' | 'NATS_SUBJECT_PREFIX', string>>;
}

export interface StreamOptions {
  /** A server that the test itself started; left out: that of the suite. */
  readonly server?: { readonly url: string };
  /** For instance `{ max_msgs_per_subject: 1 }`. */
  readonly config?: Partial<StreamConfig>;
  /** False: the app creates the stream. */
  readonly create?: boolean;
}

/** A stream and subjects for this test file only, deleted at its end. */
export async function createStream({ server, config, create = true }: StreamOptions = {}): Promise<TestStream> {
  const { run, natsUrl: ofTheSuite } = suiteEnvironment();
  const id = randomBytes(4).toString('hex');
  const natsUrl = server?.url ?? ofTheSuite;
  const name = `TEST_${run}_${id}`;
  const prefix = `test.${run}.${id}`;
  const subjects = `${prefix}.events.>`;
  const nats = await connectNats(natsUrl);
  // If the test's own server has ended, its stream is gone, too.
  if (!server) atEnd(`deleting the stream ${name}`, () => deleteStreamsOf(natsUrl, name));
  if (create) await addStream(nats, { name, subjects: [subjects], ...config });
  const env = { NATS_URL: natsUrl, NATS_STREAM: name, NATS_STREAM_SUBJECTS: subjects, NATS_SUBJECT_PREFIX: prefix };
  return { name, prefix, natsUrl, nats, env };
}

async function addStream(
  nats: NatsConnection,
  config: { readonly name: string } & Partial<StreamConfig>,
): Promise<void> {
  const { streams } = await jetstreamManager(nats);
  const add = () => streams.add(config);
  // Seen on nats-server 2.9, rarely, while other tests delete theirs.
  const again = (error: unknown) => (/error creating store/.test(String(error)) ? add() : Promise.reject(error));
  await add().catch(again);
}

/** A connection that is closed at the end of the file. */
export async function connectNats(natsUrl = suiteEnvironment().natsUrl): Promise<NatsConnection> {
  const connection = await connectTo(natsUrl);
  atEnd('closing a NATS connection', () => connection.close());
  return connection;
}
