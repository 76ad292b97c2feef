import { createLogger, type Logger } from './logger.js';
import { readLogSettings } from './settings/common.settings.js';
import type { Environment } from './settings/environment.js';
import { settingsOrExit } from './settings/settings-or-exit.js';

/** After this time the process ends even if it has not stopped; supervisors send SIGKILL after 10 s. */
const STOP_WITHIN_MS = 9_000;

export interface RunningService {
  /** Sets readiness to false, finishes answers in flight, commits or rolls back the current batch, and closes connections. */
  stop(): Promise<void>;
}

/**
 * Runs a process: settings, start, signals, stop. Wrong settings end it at once with exit code 78 and one message; SIGTERM and SIGINT end
 * it with 0.
 */
export async function runService<Settings>(
  name: string,
  readSettings: (environment: Environment) => Settings,
  start: (settings: Settings, logger: Logger) => Promise<RunningService>,
): Promise<void> {
  const { settings, log } = settingsOrExit((environment) => ({
    settings: readSettings(environment),
    log: readLogSettings(environment),
  }));
  const logger = createLogger(name, log);
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'unhandled rejection'));
  const stopSignal = new Promise<NodeJS.Signals>((resolve) => {
    // The handler stays: a terminal or a supervisor signals us and npm, npm passes the signal on, and the second signal would kill us.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
  try {
    const service = await start(settings, logger);
    const signal = await stopSignal;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.warn(`still not stopped after ${STOP_WITHIN_MS} ms, leaving anyway`);
      process.exit(0);
    }, STOP_WITHIN_MS).unref();
    await service.stop();
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, 'the service cannot continue');
    process.exit(1);
  }
}
