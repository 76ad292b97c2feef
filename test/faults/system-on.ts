import type { AppEnvironment } from '../support/app-environment.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { startPostgres } from '../support/servers/postgres.js';
import type { OwnServer } from '../support/servers/server.js';
import { createStream } from '../support/stream.js';
import type { System } from '../support/system.js';

/** A PostgreSQL that may be killed: what it has committed is still there afterwards. */
export async function ownPostgres(): Promise<OwnServer> {
  const server = await startPostgres({ durable: true });
  atEnd('stopping PostgreSQL', () => server.stop());
  return server;
}

export async function ownNats(): Promise<OwnServer> {
  const server = await startNats();
  atEnd('stopping nats-server', () => server.stop());
  return server;
}

/** The whole product on servers that the test may harm; on those of the suite where none is given. */
export async function startSystemOn(
  { postgres, nats }: { readonly postgres?: OwnServer; readonly nats?: OwnServer },
  settings: AppEnvironment = {},
): Promise<System> {
  const [database, stream] = await Promise.all([createDatabase(postgres), createStream(nats ? { server: nats } : {})]);
  const env = { ...database.env, ...stream.env, ...settings };
  const [projector, query] = await Promise.all([startProjector(env), startQuery(env)]);
  return { database, stream, projector, query, env };
}
