import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { type Position } from '#projection/stream/position.js';
import type pg from 'pg';
import { readPosition } from '#projection/store/position.js';
import { Patience } from '#projection/run/patience.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { applyOrPark } from '#projection/run/apply-or-park.js';
import { aTokenEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { streamMessage } from './read-model-under-test.js';

const TIMEOUT_MS = 200;
/** Longer than three times that. */
const SLOW = `create function slow() returns trigger language plpgsql as
$$ begin if new.id = 3 then perform pg_sleep(0.7); end if; return new; end $$;
create trigger slow before insert on token_1 for each row execute function slow()`;

const messages = [1, 2, 3, 4].map((id) =>
  streamMessage(Buffer.from(JSON.stringify(aTokenEvent('token.created', { id }))), id),
);

describe('a statement that takes too long', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let position: Position;

  beforeEach(async () => {
    database = await createDatabase();
    await database.query(SLOW);
    client = await connectWriter(database.url, TIMEOUT_MS);
    position = { ...(await readPosition(client, TOKEN_PROJECTION)), stream: 'TEST', streamCreated: null };
  });
  afterEach(() => disconnectWriter(client));

  async function apply(moreTime?: () => Promise<boolean>): Promise<number[]> {
    const sizes: number[] = [];
    const target = { projection: TOKEN_PROJECTION, client, position, fence: () => Promise.resolve() };
    await applyOrPark(moreTime ? { ...target, moreTime } : target, messages, (_, part) => sizes.push(part.length));
    return sizes;
  }

  async function shown(): Promise<string[]> {
    return (await database.query<{ id: string }>('select id from token_1 order by id')).map(({ id }) => id);
  }

  test('is cut down to single events, and an event that is slow by itself is given the time it needs, never parked', async () => {
    const patience = new Patience(client, TIMEOUT_MS);
    const given: number[] = [];
    const sizes = await apply(async () => {
      given.push(await patience.grow());
      return true;
    }).catch((error: Error) => error.message);
    expect(given).toEqual([400, 800]);
    expect(sizes).toEqual([1, 1, 1, 1]);
    expect(await shown()).toEqual(['1', '2', '3', '4']);
    expect(await database.query('select 1 from dead_letter')).toEqual([]);
    await patience.relax();
    expect((await client.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '30s' }]);
  });

  test('keeps what came before the slow event when nobody gives it more time', async () => {
    await expect(apply()).rejects.toMatchObject({ code: '57014' });
    expect(await shown()).toEqual(['1', '2']);
    expect((await readPosition(client, TOKEN_PROJECTION)).sequence).toBe(2);
    expect(await database.query('select 1 from dead_letter')).toEqual([]);
  });
});
