import { atEnd } from '../../../test/support/at-end.js';
import { startNats } from '../../../test/support/servers/nats.js';
import { startPostgres } from '../../../test/support/servers/postgres.js';
import type { OwnServer } from '../../../test/support/servers/server.js';
import { say } from '../measure/progress.js';

/** The settings that an operator makes first on a machine of this kind. fsync and full-page writes are on by default. */
export const POSTGRES_SETTINGS = {
  shared_buffers: '1GB',
  effective_cache_size: '3GB',
  maintenance_work_mem: '256MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
} as const;

export interface BenchServers {
  readonly postgres: OwnServer;
  readonly nats: OwnServer;
}

/**
 * Always our own servers, whatever the environment says: no other server gets the load, and both have the settings that the report states.
 */
export async function startServers(): Promise<BenchServers> {
  say('starting PostgreSQL and nats-server');
  const postgres = await startPostgres({ durable: true, settings: POSTGRES_SETTINGS });
  atEnd('stopping PostgreSQL', () => postgres.stop());
  const nats = await startNats();
  atEnd('stopping nats-server', () => nats.stop());
  return { postgres, nats };
}
