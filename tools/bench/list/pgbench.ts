import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { generationTables } from '#token-read-model/generation-tables.js';
import { ListTokensRequest } from '../../../apps/query/src/list-tokens/list-tokens.request.js';
import { listTokensSql } from '../../../apps/query/src/list-tokens/list-tokens.sql.js';
import { ReadPools } from '../../../apps/query/src/reading/read-pools.js';
import { SHORT } from '../../../apps/query/src/reading/snapshot.sql.js';
import { OwnProcess } from '../../../test/support/own-process.js';
import { temporaryDirectory } from '../../../test/support/servers/temporary-directory.js';
import { POOL_SIZE } from '../options.js';

export function hasPgbench(): boolean {
  return spawnSync('pgbench', ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Runs the exact statement of our list with pgbench: the speed of the database if no program works on its rows.
 * @returns statements per second
 */
export async function statementsPerSecond(databaseUrl: string, limit: number, seconds: number): Promise<number> {
  const directory = await temporaryDirectory('pgbench');
  try {
    const script = join(directory.path, 'list.sql');
    await writeFile(script, `${statementText(limit)};\n`);
    // One thread, as in the query app.
    const load = ['-n', '-M', 'prepared', '-c', String(POOL_SIZE), '-j', '1', '-T', String(seconds), '-f', script];
    const { PATH } = process.env;
    const env = { PATH, PGOPTIONS: await sessionOptions(databaseUrl) };
    const pgbench = new OwnProcess('pgbench', 'pgbench', [...load, databaseUrl], { env, stopSignal: 'SIGTERM' });
    const { code } = await pgbench.exited;
    const rate = /^tps = ([\d.]+)/m.exec(pgbench.output)?.[1];
    if (code !== 0 || rate === undefined) throw new Error(`pgbench ended with exit code ${code}:\n${pgbench.output}`);
    return Number(rate);
  } finally {
    await directory.remove();
  }
}

/** The statement with its values as literals: pgbench has no arrays. */
function statementText(limit: number): string {
  const request = Object.assign(new ListTokensRequest(), { limit });
  const { text, values } = listTokensSql(generationTables(1), request, null, SHORT);
  return text.replaceAll(/\$(\d+)/g, (_, number) => literal(values[Number(number) - 1]));
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `'{${value.join(',')}}'`;
  return typeof value === 'number' ? String(value) : pg.escapeLiteral(String(value));
}

/** The settings that the query app makes on its own connections. */
async function sessionOptions(databaseUrl: string): Promise<string> {
  const pools = new ReadPools(databaseUrl, pino({ level: 'silent' }));
  try {
    const { rows } = await pools.prepared.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where source = 'session' and name <> 'application_name'`,
    );
    // A space ends an option, unless a backslash is before it.
    return rows.map(({ name, setting }) => `-c ${name}=${setting.replaceAll(/[\s\\]/g, String.raw`\$&`)}`).join(' ');
  } finally {
    await pools.close();
  }
}
