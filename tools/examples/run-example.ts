import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { Example } from './examples.js';

const FOLDER = 'examples';
const ENDS_WITHIN_MS = 60_000;

/** Where the example finds the service: API_URL, NATS_URL, NATS_SUBJECT_PREFIX and JWT. */
export type ExampleSettings = Readonly<Record<string, string>>;

/** What must be installed before the example runs here; undefined: nothing. */
export function missingFor({ needs, install }: Example, settings: ExampleSettings = {}): string | undefined {
  const env = { ...process.env, ...settings };
  const isThere = ([program, ...args]: readonly string[]) =>
    spawnSync(program!, args, { cwd: FOLDER, env, stdio: 'ignore' }).status === 0;
  return needs.every(isThere) ? undefined : install;
}

/** @returns what it printed. @throws with what it printed, if it fails */
export async function runExample({ command }: Example, settings: ExampleSettings): Promise<string> {
  const [program, ...args] = command;
  const options = { cwd: FOLDER, env: { ...process.env, ...settings }, timeout: ENDS_WITHIN_MS };
  try {
    return (await promisify(execFile)(program!, args, options)).stdout;
  } catch (error) {
    const { message, stdout = '' } = error as Error & { readonly stdout?: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}
