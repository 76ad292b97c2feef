import pg from 'pg';
import { MOST_STATEMENTS, queryPrepared } from '../../apps/query/src/reading/query-prepared.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { signToken } from '../support/jwt.js';
import { startWorld } from './world.js';

test('a connection keeps no more statements than it may, whatever callers combine', async () => {
  const { url } = await createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  atEnd('closing a pool', () => pool.end());
  const kept: number[] = [];
  for (let i = 0; i < 3 * MOST_STATEMENTS; i += 1) {
    const text = `select ${i}, (select count(*)::int from pg_prepared_statements)`;
    const { rows } = await queryPrepared<[number, number]>(pool, { name: `statement_${i}`, text, rowMode: 'array' });
    kept.push(rows[0]![1]);
  }
  expect(Math.max(...kept)).toBeLessThanOrEqual(MOST_STATEMENTS);
  expect(Math.max(...kept)).toBeGreaterThan(MOST_STATEMENTS / 2);
});

test('statements whose names begin alike are different ones, however long the names are', async () => {
  const { url } = await createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  atEnd('closing a pool', () => pool.end());
  for (const name of ['a', 'b', 'a'].map((end) => `${'long_'.repeat(20)}${end}`)) {
    const { rows } = await queryPrepared<[string]>(pool, { name, text: `select '${name}'`, rowMode: 'array' });
    expect(rows).toEqual([[name]]);
  }
});

test('a walk of some customers through a span of time meets tokens whose documents are long', async () => {
  const comment = '\u0001'.repeat(4_000);
  const tokens = Array.from({ length: 6 }, (_, i) =>
    aTokenEvent('token.created', { id: i + 1, customerId: 1, comment }),
  );
  const { query } = await startWorld(tokens);
  const token = await signToken({ customerIds: [1, 2] });
  const walk = { updatedAtFrom: '2020-01-01T00:00:00Z', updatedAtTo: '2090-01-01T00:00:00Z', limit: '2' };
  const found: number[] = [];
  let cursor: string | null = null;
  do {
    const reply = await httpList(query.url, { ...walk, ...(cursor === null ? {} : { cursor }) }, { token });
    expect(reply.status).toBe(200);
    found.push(...reply.json<{ data: { id: number }[] }>().data.map(({ id }) => id));
    cursor = reply.headers.get('x-next-cursor');
  } while (cursor !== null);
  expect(found.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a connection that fails is not used again', async () => {
  const { url } = await createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  atEnd('closing a pool', () => pool.end());
  const pid = async () => {
    const { rows } = await queryPrepared<[number]>(pool, { text: 'select pg_backend_pid()', rowMode: 'array' });
    return rows[0]![0];
  };
  const first = await pid();
  expect(await pid()).toBe(first);
  await expect(queryPrepared(pool, { text: 'select nothing', rowMode: 'array' })).rejects.toThrow('nothing');
  expect(await pid()).not.toBe(first);
});

test('a caller who asks for very many different lists is answered, over connections that are made again', async () => {
  const { query, database } = await startWorld([aTokenEvent('token.created', { id: 5 })]);
  const connections = async () => {
    const rows = await database.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'token-query' order by pid`,
    );
    return rows.map(({ pid }) => pid);
  };
  const ask = async (parameters: Readonly<Record<string, string>>) =>
    expect((await httpList(query.url, { limit: '1', ...parameters })).status).toBe(200);
  await ask({});
  const before = await connections();
  const spans = ['createdAt', 'updatedAt', 'validFrom'].flatMap((name) => {
    const [from, to] = name === 'validFrom' ? ['validFrom', 'validTo'] : [`${name}From`, `${name}To`];
    const [first, last] = [{ [from]: '2020-01-01T00:00:00Z' }, { [to]: '2040-01-01T00:00:00Z' }];
    return [first, last, { ...first, ...last }];
  });
  for (const span of spans)
    for (const sortBy of ['id', 'createdAt', 'updatedAt', 'validFrom', 'expiresAt'])
      for (const sortDirection of ['asc', 'desc']) {
        await ask({ ...span, sortBy, sortDirection });
        await ask({ ...span, sortBy, sortDirection, offset: '5000' });
      }
  expect((await connections()).filter((pid) => before.includes(pid))).toEqual([]);
});
