import { spawnSync } from 'node:child_process';
import { OwnProcess } from '../../../test/support/own-process.js';
import type { Download } from './downloads.js';

export function hasPsql(): boolean {
  return spawnSync('psql', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** PostgreSQL's own export of the same documents in the same order, into nothing. */
export async function copySeconds(databaseUrl: string): Promise<Download> {
  if (!hasPsql()) return { seconds: NaN, bytes: NaN };
  const command = `\\copy (select document from token_1 order by id desc) to '/dev/null'`;
  const startedAt = performance.now();
  const { PATH } = process.env;
  const psql = new OwnProcess('psql', 'psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', command, databaseUrl], {
    env: { PATH },
    stopSignal: 'SIGTERM',
  });
  const { code } = await psql.exited;
  if (code !== 0) throw new Error(`psql ended with exit code ${code}:\n${psql.output}`);
  return { seconds: (performance.now() - startedAt) / 1_000, bytes: NaN };
}
