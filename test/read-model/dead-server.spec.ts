import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Client, PoolClient } from 'pg';
import { createPool } from '#service-runtime/postgres/pool.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { connectForComparison } from '#projection/store/snapshot-client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const TICKS_PER_SECOND = 100;
const KEEPALIVE = 2;

/** In how many seconds the system asks whether the other side of an idle connection is still there; undefined: it does not. */
function asksWithin(client: Client | PoolClient): number | undefined {
  const { localPort } = (client as unknown as { connection: { stream: Socket } }).connection.stream;
  const port = `:${localPort!.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n'));
  const timer = lines.map((line) => line.trim().split(/\s+/)).find(([, local]) => local?.endsWith(port))?.[5];
  const [kind, ticks] = (timer ?? '').split(':').map((part) => parseInt(part, 16));
  return kind === KEEPALIVE ? ticks! / TICKS_PER_SECOND : undefined;
}

/** A statement may take an hour, and a host that is gone with its server does not say so. */
describe('a connection that may wait long for an answer asks within seconds whether its server is there', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });

  test('of a writer', async () => {
    const client = await connectWriter(database.url, 5_000);
    expect(asksWithin(client)).toBeLessThanOrEqual(10);
    await disconnectWriter(client);
  });

  test('of a comparison', async () => {
    const client = await connectForComparison(database.url);
    expect(asksWithin(client)).toBeLessThanOrEqual(10);
    await client.end();
  });

  test('of a pool', async () => {
    const options = { applicationName: 'test', connections: 1, statementTimeoutMs: 5_000, acquireTimeoutMs: 5_000 };
    const pool = createPool(database.url, options, () => undefined);
    const client = await pool.connect();
    expect(asksWithin(client)).toBeLessThanOrEqual(10);
    client.release();
    await pool.end();
  });
});
