import type { AppEnvironment } from './app-environment.js';
import type { AppProcess } from './app-process.js';
import { createDatabase, type TestDatabase } from './database.js';
import { startProjector, startQuery } from './processes.js';
import { createStream, type TestStream } from './stream.js';

export interface System {
  readonly database: TestDatabase;
  readonly stream: TestStream;
  readonly projector: AppProcess;
  readonly query: AppProcess;
  /** The settings of both apps, for starting more of them. */
  readonly env: AppEnvironment;
}

/** The whole product on a database and a stream for this test file only. @param settings further settings of both apps */
export async function startSystem(settings: AppEnvironment = {}): Promise<System> {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const env = { ...database.env, ...stream.env, ...settings };
  const [projector, query] = await Promise.all([startProjector(env), startQuery(env)]);
  return { database, stream, projector, query, env };
}
