import { jetstreamManager } from '@nats-io/jetstream';
import fc from 'fast-check';
import { createHash, type Hash } from 'node:crypto';
import pg from 'pg';
import { TOKEN_TYPES } from '#token-contract/events.js';
import { SORT_DIRECTIONS, SORT_KEYS } from '../../apps/query/src/list-tokens/sort-keys.js';
import { TOKEN_STATUSES } from '../../apps/query/src/list-tokens/token-status.js';
import { atEnd } from '../support/at-end.js';
import { httpRequest, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import type { Values } from './doors.js';
import { someOf } from './some-of.js';
import { orderSql, ShownTokens } from './answered-tokens.js';
import { idsOf, pageOf } from './walks.js';
import { startWorld, type World } from './world.js';
import { shortOrLong } from '../support/test-length.js';

const TOKENS = shortOrLong(20_000, 100_000);
const SEED = ['seed', '--tokens', String(TOKENS), '--seed', '7', '--at', '2026-01-01T00:00:00Z', '--json'];
const PAGE = 1_000;
/** Every first instant is followed by the end of its window. */
const TIMES = ['valid', 'expires', 'createdAt', 'updatedAt'].flatMap((time) => [`${time}From`, `${time}To`]) as Time[];
type Times = Record<Time, fc.Arbitrary<string>>;
type Time = `${'valid' | 'expires' | 'createdAt' | 'updatedAt'}${'From' | 'To'}`;

const RUNS = shortOrLong(70, 300);

interface Page {
  readonly data: readonly { readonly id: number }[];
  readonly count: number;
}

/** A hundred pages by two orders take 10 seconds each on a machine that does nothing else. */
const WALK_WITHIN_MS = 180_000;

describe(`${TOKENS} tokens`, () => {
  let world: World;
  let client: pg.Client;
  let shown: ShownTokens;

  beforeAll(async () => {
    world = await startWorld([]);
    const { exit, output } = await runTokenctl(SEED, world.stream.env);
    expect({ ...exit, output }).toMatchObject({ code: 0 });
    const { streams } = await jetstreamManager(world.stream.nats);
    const { last_seq: last } = (await streams.info(world.stream.name)).state;
    await eventually(
      'the read model to hold them',
      async () => Number((await world.doors.http('?limit=1')).headers.get('x-read-position')) === last,
      { within: 180_000, every: 200 },
    );
    client = new pg.Client({ connectionString: world.database.url, application_name: 'test' });
    await client.connect();
    atEnd('closing a database connection', () => client.end());
    shown = await ShownTokens.of(client);
    await client.query('vacuum (analyze)');
  }, 240_000);

  test('are all there, on both doors, a thousand to a page', async () => {
    const reply = await world.doors.list({ limit: PAGE });
    expect(reply.json<Page>().data).toHaveLength(PAGE);
    expect(reply.json<Page>().count).toBe(TOKENS);
    expect(await shown.count({})).toBe(TOKENS);
  });

  test('are found and counted exactly, whatever the filters, the order and the offset', async () => {
    const { rows } = await client.query<{ text: string }>(
      `select unnest(array[uid, label, document::json #>> '{identifier,uid}']) as text from shown where id % 400 = 1`,
    );
    const texts = rows.map(({ text }) => text).filter((text) => text !== '');
    const { rows: users } = await client.query<{ user: string }>(
      'select distinct "appUser" as user from shown limit 100',
    );
    const appUsers = users.map(({ user }) => Number(user)).filter((user) => user > 0);
    const piece = fc
      .tuple(fc.constantFrom(...texts), fc.nat(12), fc.integer({ min: 1, max: 20 }))
      .map(([text, from, length]) => text.slice(from % text.length).slice(0, length))
      .filter((text) => /^[^\s:\-.*_].*[^\s]$|^\w$/.test(text) && !/^vid:/i.test(text));
    const reversed = fc
      .constantFrom(...texts)
      .map((text) => (text.match(/../g) ?? [text]).reverse().join('').slice(0, 50));
    const instant = fc.date({ min: new Date('2019-01-01'), max: new Date('2029-01-01'), noInvalidDate: true });
    const filter = someOf({
      search: fc.oneof(piece, reversed, fc.integer({ min: 1, max: TOKENS }).map(String)),
      type: fc.constantFrom(...TOKEN_TYPES),
      customerId: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 20_000 })),
      isActive: fc.boolean(),
      roamingEnabled: fc.boolean(),
      priority: fc.boolean(),
      status: fc.constantFrom(...TOKEN_STATUSES),
      ids: fc.uniqueArray(fc.integer({ min: 1, max: TOKENS }), { minLength: 1, maxLength: 100 }),
      tokenGroupId: fc.integer({ min: 1, max: 30 }),
      appUserId: fc.constantFrom(...appUsers),
      ...(Object.fromEntries(TIMES.map((name) => [name, instant.map((date) => date.toISOString())])) as Times),
    }).filter((filters) => TIMES.every((name, i) => i % 2 === 1 || !(filters[name]! > filters[TIMES[i + 1]!]!)));
    const page = fc.record({
      sortBy: fc.constantFrom(...SORT_KEYS),
      sortDirection: fc.constantFrom(...SORT_DIRECTIONS),
      offset: fc.oneof(fc.nat(60), fc.nat(2_000), fc.nat(TOKENS), fc.integer({ min: TOKENS - 60, max: TOKENS + 60 })),
      limit: fc.constantFrom(1, 20),
    });
    // A caller's customers, the largest first; none: a caller who sees everything.
    const scope = fc.constantFrom(0, 0, 30, 1_000).map((size) => Array.from({ length: size }, (_, i) => i + 1));
    let found = 0;
    await fc.assert(
      fc.asyncProperty(filter, scope, page, fc.boolean(), async (filters, customerIds, asked, isToBeFound) => {
        const { customerId, ...others } = filters;
        const isScoped = customerIds.length > 0;
        const params = isScoped || customerId === undefined ? others : { ...others, customerId };
        const given = isScoped ? { ...params, customers: customerIds.join() } : params;
        const caller = isScoped ? { token: await signToken({ customerIds }) } : {};
        const count = await shown.count(given);
        // Most filters leave far less than an offset of its own would have to be to hit anything.
        const by = { ...asked, offset: isToBeFound && count > 0 ? asked.offset % count : asked.offset };
        const reply = pageOf(await world.doors.list({ ...params, ...by }, caller));
        const idsFrom = (offset: number) => shown.ids(given, orderSql(by.sortBy, by.sortDirection), offset, by.limit);
        const ids = await idsFrom(by.offset);
        expect({ given, by, count: reply.count, ids: reply.data.map(({ id }) => id) }).toEqual({
          given,
          by,
          count,
          ids,
        });
        found += Math.sign(ids.length);
        if (reply.links['next'] === undefined) return;
        const next = pageOf(
          await httpRequest(new URL(reply.links['next'], `${world.query.url}/v2/tokens`).href, caller),
        );
        const following = { count, ids: await idsFrom(by.offset + by.limit) };
        expect({ given, by, count: next.count, ids: idsOf([next]) }).toEqual({ given, by, ...following });
      }),
      { numRuns: RUNS },
    );
    expect(found).toBeGreaterThan(RUNS / 3);
  });

  test('are found in every order where many match, but those that come first do not', async () => {
    const columns = { valid: 'validFrom', expires: 'expiresAt', createdAt: 'createdAt', updatedAt: 'updatedAt' };
    const { rows } = await client.query<Record<string, string[]>>(
      `select ${Object.entries(columns)
        .map(([time, name]) => `percentile_disc(array[0.1, 0.5, 0.9]) within group (order by "${name}") as "${time}"`)
        .join()} from shown`,
    );
    const given: Values[] = TIMES.flatMap((name) =>
      rows[0]![name.replace(/From$|To$/, '')]!.map((time) => ({ [name]: new Date(time).toISOString() })),
    );
    const lists = [...given, ...TOKEN_STATUSES.map((status) => ({ status }))];
    for (const filter of lists)
      for (const sortBy of SORT_KEYS)
        for (const sortDirection of SORT_DIRECTIONS) {
          const by = { sortBy, sortDirection, limit: 3 };
          const reply = pageOf(await world.doors.list({ ...filter, ...by }));
          const ids = await shown.ids(filter, orderSql(sortBy, sortDirection), 0, 3);
          expect({ filter, by, ids: reply.data.map(({ id }) => id) }).toEqual({ filter, by, ids });
        }
  });

  test.each([
    ['HTTP', 'createdAt', 'asc'],
    ['NATS', 'expiresAt', 'desc'],
  ])(
    'walked over %s by %s %s, all pages together are the whole list to the byte',
    async (door, by, direction) => {
      const { rows } = await client.query<{ ids: string[]; hash: string }>(
        `select array_agg(id order by ${orderSql(by, direction)}) as ids,
        md5(string_agg(document, ',' order by ${orderSql(by, direction)})) as hash from shown`,
      );
      const ids: number[] = [];
      const hash = createHash('md5');
      for (let offset = 0; offset < TOKENS + PAGE; offset += PAGE) {
        const params = { sortBy: by, sortDirection: direction, offset, limit: PAGE };
        const reply = await (door === 'HTTP' ? world.doors.http(queryOf(params)) : world.doors.nats(params));
        ids.push(...tokensOnto(hash, reply, offset));
      }
      expect(new Set(ids).size).toBe(TOKENS);
      expect(ids).toEqual(rows[0]!.ids.map(Number));
      expect(hash.digest('hex')).toBe(rows[0]!.hash);
    },
    WALK_WITHIN_MS,
  );
});

function queryOf(params: Values): string {
  return `?${Object.entries(params)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&')}`;
}

/** Adds the bytes of a page's tokens to the hash. @returns their ids */
function tokensOnto(hash: Hash, { body, json }: Reply, offset: number): number[] {
  const { data, count } = json<Page>();
  expect(count).toBe(TOKENS);
  if (data.length > 0 && offset > 0) hash.update(',');
  hash.update(body.slice('{"data":['.length, body.lastIndexOf('],"count":')));
  return data.map(({ id }) => id);
}
