import { createLogger, type Logger } from './logger.js';
import { readLogSettings, type LogSettings } from './settings/common.settings.js';
import { Environment, EX_CONFIG, SettingsError } from './settings/environment.js';

/** How long a stop may take before the process goes anyway; supervisors send SIGKILL after 10 s. */
const STOP_WITHIN_MS = 9_000;

export interface RunningService {
  /** Readiness false, answers in flight finished, the batch in hand committed or rolled back, connections closed. */
  stop(): Promise<void>;
}

/**
 * The life of a process: settings, start, signals, stop. Wrong settings end it at once with exit code 78 and one message;
 * SIGTERM and SIGINT end it with 0.
 */
export async function runService<Settings>(
  name: string,
  readSettings: (environment: Environment) => Settings,
  start: (settings: Settings, logger: Logger) => Promise<RunningService>,
): Promise<void> {
  const { settings, log } = settingsOrExit(readSettings);
  const logger = createLogger(name, log);
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'unhandled rejection'));
  const stopSignal = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
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
    logger.fatal({ err: error }, 'the service cannot go on');
    process.exit(1);
  }
}

function settingsOrExit<Settings>(readSettings: (environment: Environment) => Settings): { settings: Settings; log: LogSettings } {
  try {
    return Environment.read(process.env, (environment) => ({ settings: readSettings(environment), log: readLogSettings(environment) }));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}
