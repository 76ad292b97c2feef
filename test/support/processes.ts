import type { AppEnvironment } from './app-environment.js';
import { AppProcess, type StartedWhen } from './app-process.js';
import { atEnd } from './at-end.js';
import { JWT_SECRET } from './jwt.js';

export interface StartOptions {
  /** Default: `ready`. */
  readonly when?: StartedWhen;
  /** A checkout of another release; default: this one. */
  readonly directory?: string;
  /** The script that Node runs instead of the built app. */
  readonly script?: readonly string[];
}

/** @param settings at least DATABASE_URL and the settings of a stream: `{ ...database.env, ...stream.env }` */
export function startProjector(settings: AppEnvironment, options: StartOptions = {}): Promise<AppProcess> {
  const port = settings['PROJECTOR_HTTP_PORT'] ?? '0';
  return start('projector', { HTTP_HOST: '127.0.0.1', ...settings, PROJECTOR_HTTP_PORT: port }, port, options);
}

/** The app accepts tokens signed with the tests' own secret, unless the settings name another key. */
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
