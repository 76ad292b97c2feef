import { setTimeout as sleep } from 'node:timers/promises';
import { aTokenEvent } from '../support/builders.js';
import { SlowReader } from './slow-reader.js';
import { startWorld, type World } from './world.js';

/** More than the connections of a query app to the database. */
const READERS = 13;
const TOKENS = 500;
/** In JSON six bytes a letter. With that an answer is of 12 MB: more than the kernels on both ends take off the app's hands. */
const COMMENT = '\u0001'.repeat(4_000);
/** The app notices after half a minute, or at its second look. */
const CUT_WITHIN_MS = 62_000;

describe('while clients read their answers slowly', () => {
  let world: World;

  beforeAll(async () => {
    const events = Array.from({ length: TOKENS }, () => aTokenEvent('token.created', { comment: COMMENT }));
    world = await startWorld(events);
  });

  test('more of them than there are connections to the database hold up nobody, and each gets all of it in the end', async () => {
    const ask = () => SlowReader.ask(`${world.query.url}/v2/tokens?limit=${TOKENS}`);
    const readers: SlowReader[] = [];
    for (let i = 0; i < READERS; i += 1) readers.push(await ask());
    expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
    for (let i = 0; i < READERS; i += 1) {
      expect((await world.doors.list({ limit: 1 })).status).toBe(200);
      expect((await world.doors.http('?search=SPI&limit=1')).status).toBe(200);
    }
    expect(readers.map(({ hasAll }) => hasAll)).toEqual(readers.map(() => false));
    const texts = await Promise.all(readers.map((reader) => reader.rest()));
    for (const text of texts) expect((JSON.parse(text) as { count: number }).count).toBe(TOKENS);
  });

  test('one who takes nothing for a minute is cut off, and keeps no snapshot of the database open', async () => {
    const reader = await SlowReader.ask(`${world.query.url}/v2/tokens?limit=${TOKENS}`);
    const exporter = await SlowReader.ask(`${world.query.url}/v2/tokens`, { accept: 'application/x-ndjson' });
    await sleep(CUT_WITHIN_MS);
    for (const one of [reader, exporter]) await expect(one.rest()).rejects.toThrow('aborted');
    const open = await world.database.query(
      `select from pg_stat_activity where datname = current_database() and xact_start < now() - interval '30 s'`,
    );
    expect(open).toHaveLength(0);
  }, 90_000);
});
