import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type as system } from 'node:os';
import { natsInfo } from '../../../test/support/servers/nats-info.js';
import { withClient } from '../../../test/support/with-client.js';
import { POSTGRES_SETTINGS, type BenchServers } from '../place/servers.js';

/** With more busy processors than this before the run, the figures are less reliable. */
const QUIET_LOAD = 0.5;

/** The load of the machine before the run. */
const LOAD_BEFORE = loadavg()[0]!;

/** All facts that a reader needs to compare the figures with other figures. */
export async function circumstances(servers: BenchServers, command: string): Promise<string[]> {
  const postgres = await withClient(servers.postgres.url, async (client) => {
    const { rows } = await client.query<{ version: string }>(`select split_part(version(), ' ', 2) as version`);
    return rows[0]!.version;
  });
  const { hostname, port } = new URL(servers.nats.url);
  const { version: nats } = await natsInfo(hostname, Number(port));
  const settings = Object.entries(POSTGRES_SETTINGS).map(([name, value]) => `${name} ${value}`);
  const load = LOAD_BEFORE > QUIET_LOAD ? `; **the machine was busy before: load ${LOAD_BEFORE.toFixed(1)}**` : '';
  return [
    `command: \`${command}\``,
    `date: ${new Date().toISOString().slice(0, 10)}${revision()}`,
    `machine: ${cpus().length} × ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${system()} ${release()}; everything on it, the load as well${load}`,
    `versions: Node ${process.version.slice(1)}, PostgreSQL ${postgres}, nats-server ${nats}`,
    `PostgreSQL: fsync on, ${settings.join(', ')}; everything else as it comes`,
  ];
}

function revision(): string {
  try {
    const text = (args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const changed = text(['status', '--porcelain', '--', 'apps', 'libs']) === '' ? '' : ' with changes';
    return `, revision ${text(['rev-parse', '--short', 'HEAD']).trim()}${changed}`;
  } catch {
    return '';
  }
}
