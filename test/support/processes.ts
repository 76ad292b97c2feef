import type { AppEnvironment } from './app-environment.js';
import { AppProcess, type StartedWhen } from './app-process.js';
import { atEnd } from './at-end.js';
import { JWT_SECRET } from './jwt.js';

export interface StartOptions {
  /** `ready` unless told. */
  readonly when?: StartedWhen;
  /** A checkout of another release; this one unless told. */
  readonly directory?: string;
  /** What Node runs in the place of the built app. */
  readonly script?: readonly string[];
}

/** @param settings at least DATABASE_URL and those of a stream: `{ ...database.env, ...stream.env }` */
export function startProjector(settings: AppEnvironment, options: StartOptions = {}): Promise<AppProcess> {
  const port = settings['PROJECTOR_HTTP_PORT'] ?? '0';
  return start('projector', { HTTP_HOST: '127.0.0.1', ...settings, PROJECTOR_HTTP_PORT: port }, port, options);
}

/** Takes tokens signed with the tests' own secret, unless the settings bring another key. */
export function startQuery(settings: AppEnvironment, options: StartOptions = {}): Promise<AppProcess> {
  const port = settings['HTTP_PORT'] ?? '0';
  const hasKey = 'JWT_PUBLIC_KEY' in settings || 'JWT_JWKS_URL' in settings;
  const key = hasKey ? {} : { JWT_SECRET };
  return start('query', { HTTP_HOST: '127.0.0.1', ...key, ...settings, HTTP_PORT: port }, port, options);
}

async function start(app: string, settings: AppEnvironment, port: string, options: StartOptions): Promise<AppProcess> {
  const started = new AppProcess(app, settings, Number(port), options.directory, options.script);
  atEnd(`stopping ${app} (process ${started.pid})`, () => started.stop());
  await started.start(options.when ?? 'ready');
  return started;
}
