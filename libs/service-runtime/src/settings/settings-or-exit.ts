import { Environment, EX_CONFIG, SettingsError } from './environment.js';

/** Reads settings from the process's environment. If they are wrong, prints why and ends the process. */
export function settingsOrExit<T>(read: (environment: Environment) => T): T {
  try {
    return Environment.read(process.env, read);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}
