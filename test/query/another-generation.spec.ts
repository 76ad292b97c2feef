import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { pino } from 'pino';
import { createIndexesSql, createTablesSql, dropTablesSql } from '#projection/table-template.js';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { Pulse } from '../../apps/query/src/reading/pulse.js';
import { ReadModelReader } from '../../apps/query/src/reading/read-model-reader.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import { SigningKey } from '../../apps/query/src/reading/signing-key.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, waitForPosition } from '../support/clients.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';

const UID = 'A7E942F1';

/** What a rebuild does, seen from a query app that knows nothing of it. */
describe('a query app', () => {
  let system: System;
  let live = 1;

  beforeAll(async () => {
    system = await startSystem();
    const { projector, query, stream } = system;
    await waitForPosition(
      query.url,
      await publish(stream, aTokenEvent('token.created', { id: 1, identifier: { uid: UID } })),
    );
    await projector.stop();
  });

  /** Another generation, with a copy of the token under another comment, takes the place of the live one. */
  async function switchTo(next: number, comment: string, isOldDropped: boolean): Promise<void> {
    const alsoRun = isOldDropped ? dropTablesSql(TOKEN_PROJECTION, live) : '';
    await system.database
      .query(`begin; ${createTablesSql(TOKEN_PROJECTION, next)}; ${createIndexesSql(TOKEN_PROJECTION, next).join('; ')};
      insert into token_${next} select * from token_${live};
      insert into token_search_${next} select * from token_search_${live};
      insert into token_updated_${next} select * from token_updated_${live};
      insert into token_count_${next} select * from token_count_${live};
      update token_${next} set document = jsonb_set(document::jsonb, '{comment}', '"${comment}"')::text;
      insert into generation (number, state, schema_version, position) values (${next}, 'building', ${SCHEMA_VERSION}, 1);
      update generation set state = 'previous' where number = ${live};
      update generation set state = 'live' where number = ${next}; ${alsoRun}; commit`);
    live = next;
  }

  const expectComment = async (comment: string) => {
    const reply = await httpList(system.query.url);
    expect([reply.status, reply.body]).toEqual([200, expect.stringContaining(`"comment": "${comment}"`)]);
    expect(reply.headers.get('x-total-count')).toBe('1');
  };

  const resolve = () =>
    httpRequest(`${system.query.url}/v2/tokens/resolve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uids: ['ffff', UID] }),
    });

  test.each([
    ['a list', (url: string) => httpList(url)],
    ['a token', (url: string) => httpRequest(`${url}/v2/tokens/1`)],
    ['a page of changes', (url: string) => httpRequest(`${url}/v2/tokens/changes`)],
    ['an export', (url: string) => httpList(url, {}, { headers: { accept: 'application/x-ndjson' } })],
    ['a resolved uid', resolve],
  ])('answers %s from the live generation, although the one that it knew is still there', async (what, ask) => {
    const { url } = system.query;
    expect((await ask(url)).status).toBe(200);
    await switchTo(live + 1, what, false);
    const { status, body, headers } = await ask(url);
    expect([status, body]).toEqual([200, expect.stringMatching(new RegExp(`"comment": ?"${what}"`))]);
    expect([headers.get('x-read-position'), headers.get('x-read-stale')]).toEqual(['1', null]);
  });

  test('goes on with the live generation where it knew one whose tables are gone', async () => {
    await switchTo(live + 1, 'third', true);
    await expectComment('third');
  });

  test('says what a generation of the release before does not have, until one that has it is live', async () => {
    const { url } = system.query;
    expect([(await httpList(url, { appUserId: 1 })).status, (await resolve()).status]).toEqual([200, 200]);
    await switchTo(live + 1, 'older', false);
    await system.database.query(
      `alter table token_search_${live} drop column app_user_id; update generation set schema_version = 2 where number = ${live}`,
    );
    for (const reply of [await httpList(url, { appUserId: 1 }), await resolve()]) {
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '2']);
      expect(reply.body).toContain(
        'still of schema version 2, and appUserId and the resolving of uids and labels need 3',
      );
    }
    await expectComment('older');
    expect((await httpList(url, { status: 'usable', tokenGroupId: 1 })).status).toBe(200);
    await switchTo(live + 1, 'newer', false);
    expect([(await httpList(url, { appUserId: 1 })).status, (await resolve()).status]).toEqual([200, 200]);
  });

  test('plans a statement again whose result type has changed', async () => {
    const { database } = system;
    await database.query(`create table probe as select '# 1 0 - 1'::text as head`);
    const pools = new ReadPools(database.url, pino({ level: 'silent' }));
    try {
      const reader = new ReadModelReader(pools, new Pulse(pools), new SigningKey());
      const read = () =>
        reader.read(() => ({ name: 'probe', text: 'select head from probe', values: [] }), { rows: 1, bytes: 1_000 });
      await expect(read()).resolves.toMatchObject({ count: '1' });
      await database.query('alter table probe alter column head type varchar(20)');
      await expect(read()).resolves.toMatchObject({ count: '1' });
    } finally {
      await pools.close();
    }
  });
});
