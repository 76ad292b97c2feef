import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment, type AppEnvironment } from '../../test/support/app-environment.js';

/** Publishes realistic tokens as events with the same command as an operator; its progress bar is visible. */
export async function seed(tokens: number, env: AppEnvironment): Promise<void> {
  const args = ['dist/bin/tokenctl.js', 'seed', '--tokens', String(tokens)];
  const child = spawn(process.execPath, args, {
    stdio: 'inherit',
    env: { ...childEnvironment(env), TERM: process.env['TERM'] },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`"tokenctl seed" ended with exit code ${code}`);
}
