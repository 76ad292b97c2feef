import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { aTokenEvent } from '../support/builders.js';
import type { AppEnvironment } from '../support/app-environment.js';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { textOf } from '../documents/project-files.js';

export const RIGHTS = 'deploy/nats-server.conf';
/** One more user, who may do everything: the tests look with it. */
const WATCHER = `{ user: watcher, password: pw }`;

/** Who is on the server. Without the rights all of them are nobody in particular. */
export type User = 'projector' | 'query' | 'caller' | 'operator' | 'token-service' | 'watcher';

/** The product under the names it has in production, on a server of its own. */
export interface AttackedSystem {
  readonly projector: AppProcess;
  readonly query: AppProcess;
  /** May do everything. */
  readonly watcher: NatsConnection;
  readonly manager: JetStreamManager;
  connect(user: User): Promise<NatsConnection>;
  settingsOf(user: User): AppEnvironment;
}

export async function attackedSystem(hasRights: boolean): Promise<AttackedSystem> {
  const rights = textOf(RIGHTS)
    .replaceAll(/\$NATS_[A-Z_]+_PASSWORD/g, 'pw')
    .replace('users: [', `users: [ ${WATCHER}`);
  const server = await startNats(hasRights ? { config: rights } : {});
  atEnd('stopping nats-server', () => server.stop());
  const { host } = new URL(server.url);
  const settingsOf = (user: User): AppEnvironment =>
    hasRights
      ? { NATS_URL: `nats://${user}:pw@${host}`, NATS_INBOX_PREFIX: `_INBOX.${user}` }
      : { NATS_URL: server.url };
  const connectAs = async (user: User) => {
    const login = hasRights ? { user, pass: 'pw', inboxPrefix: `_INBOX.${user}` } : {};
    const connection = await connect({ servers: host, ...login });
    atEnd(`closing the connection of ${user}`, () => connection.close());
    return connection;
  };
  const database = await createDatabase();
  const projector = await startProjector({
    ...database.env,
    ...settingsOf('projector'),
    DATABASE_MAX_BYTES: 'unlimited',
  });
  const query = await startQuery({ ...database.env, ...settingsOf('query') });
  const watcher = await connectAs('watcher');
  return {
    projector,
    query,
    watcher,
    manager: await jetstreamManager(watcher),
    connect: connectAs,
    settingsOf: (user) => ({ ...database.env, ...settingsOf(user) }),
  };
}

/** Publishes a few tokens as the token service does, and waits until the list shows them. */
export async function fill(system: AttackedSystem, count: number): Promise<void> {
  const { jetstream } = await import('@nats-io/jetstream');
  const client = jetstream(await system.connect('token-service'));
  for (let id = 1; id <= count; id += 1)
    await client.publish(`tokens.events.token.${id}`, JSON.stringify(aTokenEvent('token.created', { id })));
  const caller = await system.connect('caller');
  await eventually('the list to show them', async () => {
    const page = (await caller.request('tokens.list')).json<{ count: number }>();
    return page.count === count;
  });
}
