import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The tests' own program: a projector of chargers. */
export const CHARGERS = 'chargers';

/** Makes the apps of a checkout into `dist/bin` as a build does, from what was compiled. */
export function bundleApps(checkout: string): Promise<unknown> {
  return run(checkout);
}

export function bundleChargers(): Promise<unknown> {
  return run('.', `${CHARGERS}=test/chargers/projector.process.ts`);
}

function run(...args: string[]): Promise<unknown> {
  return promisify(execFile)(process.execPath, ['tools/bundle.mjs', ...args]);
}
