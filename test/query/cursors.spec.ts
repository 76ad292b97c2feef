import { notReady, ready } from '../faults/health.js';
import { listOf } from '../oracle/oracle.js';
import { SORT_DIRECTIONS, SORT_KEYS } from '../../apps/query/src/list-tokens/sort-keys.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { httpList, httpRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { startSystem } from '../support/system.js';
import { someEvents } from './dataset.js';
import { expectError } from './service-error.js';
import { idsOf, pageOf, walkHttp, walkNats } from './walks.js';
import { startWorld, type World } from './world.js';

const ORDERS = SORT_KEYS.flatMap((sortBy) => SORT_DIRECTIONS.map((sortDirection) => ({ sortBy, sortDirection })));
/** Each is read by a statement of its own. */
const FILTERS = [
  {},
  { customerId: 3 },
  { isActive: false, type: 'rfid' },
  { validFrom: '2025-06-03T12:00:00.000Z' },
  { expiresFrom: '2025-06-03T12:00:00.000Z' },
  { search: '4', validFrom: '2025-01-01T00:00:00.000Z' },
  { status: 'usable', createdAtTo: '2025-12-31T23:59:59.999Z' },
  { ids: Array.from({ length: 50 }, (_, i) => i + 1), updatedAtFrom: '2025-01-01T00:00:00.000Z' },
] as const;
const FEW = [2, 3, 5];
const MANY = Array.from({ length: 20 }, (_, i) => i + 1);

describe('a walk by cursor', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld(someEvents(60));
  });

  const expected = (values: object, customers?: number[]) =>
    listOf(world.tokens, { ...values, limit: 1_000 }, customers);

  test.each(ORDERS)('by $sortBy $sortDirection is the whole list, on both doors', async (order) => {
    for (const filter of FILTERS) {
      const { data, count } = expected({ ...filter, ...order });
      const ids = data.map(({ id }) => id);
      for (const limit of [2, 13]) {
        const pages = await walkHttp(world, { ...filter, ...order, limit });
        expect({ filter, limit, ids: idsOf(pages) }).toEqual({ filter, limit, ids });
        expect(pages.map((page) => page.count)).toEqual(pages.map(() => count));
      }
      expect(idsOf(await walkNats(world, { ...filter, ...order, limit: 13 }))).toEqual(ids);
    }
  });

  test.each(ORDERS)('by $sortBy $sortDirection goes back the way it came', async (order) => {
    for (const filter of FILTERS) {
      const ids = expected({ ...filter, ...order }).data.map(({ id }) => id);
      const back = await walkHttp(
        world,
        { ...filter, ...order, limit: 7, offset: Math.max(ids.length - 3, 0) },
        {},
        undefined,
        'prev',
      );
      expect({ filter, ids: idsOf(back.reverse()) }).toEqual({ filter, ids });
    }
  });

  test.each([
    ['a few', FEW],
    ['many', MANY],
  ])('of a caller who sees %s customers is what that caller may see', async (_, customerIds) => {
    const token = await signToken({ customerIds });
    for (const order of ORDERS) {
      const ids = expected(order, customerIds).data.map(({ id }) => id);
      expect(idsOf(await walkHttp(world, { ...order, limit: 7 }, { token }))).toEqual(ids);
      const back = await walkHttp(world, { ...order, limit: 7, offset: ids.length - 1 }, { token }, undefined, 'prev');
      expect(idsOf(back.reverse())).toEqual(ids);
    }
  });

  test('names the first page, and no next one where a list ends', async () => {
    const list = (path: string) => httpRequest(`${world.query.url}${path}`).then(pageOf);
    const first = await list('/v2/tokens?search=%20sp%20&limit=2&offset=1');
    expect(Object.keys(first.links)).toEqual(['next', 'prev', 'first']);
    expect(first.links['first']).toBe('/v2/tokens?search=+sp+&limit=2');
    const asked = await list('/v2/tokens?search=what?&limit=1');
    expect(asked.links['first']).toBe('/v2/tokens?search=what%3F&limit=1');
    expect((await list('/v2/tokens')).links).toEqual({ first: '/v2/tokens' });
    expect((await list('/v2/tokens?customerId=999')).links).toEqual({ first: '/v2/tokens?customerId=999' });
  });

  describe('is refused with a 400 that names the cursor', () => {
    const refusal = async (values: object, token?: string) => {
      const reply = await world.doors.list(values as Record<string, string>, token === undefined ? {} : { token });
      expect(reply.status).toBe(400);
      return reply.json<{ details: { param: string; message: string }[] }>().details;
    };

    test('where it is of another list, of another caller, changed, or made up', async () => {
      const { links } = pageOf(await httpRequest(`${world.query.url}/v2/tokens?customerId=3&sortBy=updatedAt&limit=1`));
      const cursor = new URL(links['next']!, world.query.url).searchParams.get('cursor')!;
      const list = { customerId: 3, sortBy: 'updatedAt' };
      expect((await world.doors.list({ ...list, cursor })).status).toBe(200);
      const of = [{ param: 'cursor', message: expect.stringMatching(/^is no cursor of this list/) as string }];
      expect(await refusal({ ...list, cursor, sortDirection: 'asc' })).toEqual(of);
      const others = {
        isActive: true,
        status: 'usable',
        ids: [1],
        tokenGroupId: 1,
        appUserId: 1,
        updatedAtTo: '2030-01-01T00:00:00Z',
      };
      for (const [name, value] of Object.entries(others))
        expect(await refusal({ ...list, cursor, [name]: value })).toEqual(of);
      expect(await refusal({ sortBy: 'updatedAt', cursor })).toEqual(of);
      expect(await refusal({ sortBy: 'updatedAt', cursor }, await signToken({ customerIds: FEW }))).toEqual(of);
      const url = `${world.query.url}/v2/tokens?limit=1`;
      const ofOthers = pageOf(await httpRequest(url, { token: await signToken({ customerIds: FEW }) })).links['next']!;
      const theirs = new URL(ofOthers, url).searchParams.get('cursor')!;
      expect(await refusal({ cursor: theirs }, await signToken({ customerIds: FEW.slice(1) }))).toEqual(of);
      for (const [i, letter] of [...cursor].entries())
        expect(
          await refusal({ ...list, cursor: cursor.slice(0, i) + (letter === 'A' ? 'B' : 'A') + cursor.slice(i + 1) }),
        ).toEqual(of);
      const spelt = [`${cursor}=`, `${cursor}!`, cursor.replace(/^.{5}/, '$& ')];
      for (const made of ['x', 'AAAAAAAAAAAAAAAAAAAAAAAA', cursor.slice(0, -4), `${cursor}AAAA`, '💥', ...spelt])
        expect(await refusal({ ...list, cursor: made })).toEqual(of);
    });

    test('where an offset comes with it', async () => {
      const { links } = pageOf(await httpRequest(`${world.query.url}/v2/tokens?limit=1`));
      const cursor = new URL(links['next']!, world.query.url).searchParams.get('cursor')!;
      expect(await refusal({ cursor, offset: 1 })).toEqual([
        { param: 'offset', message: 'cannot be combined with cursor' },
      ]);
    });
  });

  test('is of one installation: all instances have the key of its database, also when it changes, and none answers without it', async () => {
    const { links } = pageOf(await httpRequest(`${world.query.url}/v2/tokens?limit=1`));
    const { database, query, env } = await startSystem();
    const statusAt = async ({ url }: { readonly url: string }) =>
      (await httpRequest(new URL(links['next']!, url).href)).status;
    // Databases of tests are copies of one.
    expect(await statusAt(query)).toBe(200);
    await database.query('delete from reader_key');
    const later = await startQuery(env, { when: 'listening' });
    for (const app of [query, later]) {
      await notReady(app, 'database', /^has no row in the table reader_key: put it back/);
      expectError(await httpList(app.url), 503);
    }
    await database.query(`insert into reader_key values (sha256('another'))`);
    for (const app of [query, later]) {
      await ready(app);
      expect(await statusAt(app)).toBe(400);
    }
    const [key] = await world.database.query<{ key: Buffer }>('select key from reader_key');
    await database.query('update reader_key set key = $1', [key!.key]);
    for (const app of [query, later])
      await eventually('an app to know the key of its database', async () => (await statusAt(app)) === 200);
  });

  test('goes on after a rebuild, a switch and a restart, and on another instance', async () => {
    const ids = expected({ sortBy: 'expiresAt', sortDirection: 'desc' }).data.map(({ id }) => id);
    const rebuilds = new Rebuilds(world);
    let last: World = world;
    const changes = [
      () => rebuilds.carryOut(),
      async () => void (last = { ...world, query: await startQuery(world.env) }),
    ];
    let pages = await walkHttp(world, { sortBy: 'expiresAt', sortDirection: 'desc', limit: 5 }, {}, async () => {
      await changes[0]?.();
      changes.shift();
    });
    expect(idsOf(pages)).toEqual(ids);
    const next = pages[2]!.links['next']!;
    pages = [
      ...pages.slice(0, 3),
      ...(await walkHttp(last, Object.fromEntries(new URL(next, world.query.url).searchParams))),
    ];
    expect(idsOf(pages)).toEqual(ids);
  });
});
