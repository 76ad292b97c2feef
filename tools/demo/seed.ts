import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { jetstream } from '@nats-io/jetstream';
import { childEnvironment, type AppEnvironment } from '../../test/support/app-environment.js';
import { connectTo } from '../../test/support/streams.js';
import type { Place } from './place.js';

/** Publishes the event that the documents show, so that what they ask for is there. */
export async function publishExample({ nats, prefix }: Place): Promise<void> {
  const connection = await connectTo(nats.url);
  try {
    await jetstream(connection).publish(`${prefix}.events.token.67890`, await readFile('examples/event.json'));
  } finally {
    await connection.close();
  }
}

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
