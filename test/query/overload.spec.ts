import autocannon from 'autocannon';
import { holdLocks } from '../faults/hold-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { EventStream } from './event-stream.js';
import { Flood } from './flood.js';
import type { ChangesAnswer } from './mirror.js';
import { expectNatsError } from './service-error.js';
import { startWorld, type World } from './world.js';

/** Connections of a query app, and so the requests at the database at a time. */
const PLAIN = 8;
const SEARCH = 4;
const RESOLVE = 4;
const FLOOD = 400;

describe('under overload', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld(Array.from({ length: 200 }, () => aTokenEvent('token.created')));
  });

  const list = () => httpList(world.query.url, { limit: 5 });
  const search = () => httpList(world.query.url, { search: 'SPI' });
  let release: () => Promise<void>;
  const hold = async (table: string) => {
    release = await holdLocks(world.database, `lock table ${table} in access exclusive mode`);
  };
  // A test that fails must not leave the others before its lock.
  afterEach(() => release());
  const figure = async (name: string, requests: 'plain' | 'search') =>
    (await world.query.metrics()).get(`query_requests_${name}{requests="${requests}"}`);
  const busy = (connections: number) =>
    eventually('every connection to stand before the lock', async () => {
      const waiting = await world.database.query(
        `select 1 from pg_stat_activity where datname = current_database() and application_name ^@ 'token-query' and wait_event_type = 'Lock'`,
      );
      return waiting.length >= connections;
    });
  const refusedButFor = (flood: Flood, places: number) =>
    eventually('the others to be refused', () => flood.isDecidedBut(places));

  test.each([
    ['HTTP', list],
    ['NATS', () => world.doors.nats({ limit: 5 })],
  ])('over %s only so many requests are at the database, and all others are told to come back', async (_, ask) => {
    const before = (await figure('refused_total', 'plain'))!;
    await hold('token_1');
    const flood = new Flood(FLOOD, ask);
    await busy(PLAIN);
    expect((await fetch(`${world.query.url}/health/live`)).status).toBe(200);
    await refusedButFor(flood, PLAIN);
    flood.expectRefusals(FLOOD - PLAIN);
    expect(flood.answered).toHaveLength(0);
    expect(await figure('refused_total', 'plain')).toBe(before + flood.refused.length);
    await release();
    await flood.ended;
    expect(flood.answered.length).toBeLessThanOrEqual(PLAIN);
    expect((await ask()).status).toBe(200);
    expect(await figure('waiting', 'plain')).toBe(0);
  });

  test('both doors say so in their own way', async () => {
    await hold('token_1');
    const floods = [new Flood(FLOOD / 2, list), new Flood(FLOOD / 2, () => world.doors.nats({ limit: 5 }))] as const;
    await Promise.all(floods.map((flood) => refusedButFor(flood, PLAIN)));
    await release();
    const [http, nats] = floods;
    for (const { headers } of http.refused) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    for (const reply of nats.refused) expectNatsError(reply, 503);
    await Promise.all(floods.map(({ ended }) => ended));
  });

  test('a short stop of the database costs no answer', async () => {
    await hold('token_1');
    const flood = new Flood(4 * PLAIN, list);
    await busy(PLAIN);
    await release();
    await flood.ended;
    expect([...flood.refused, ...flood.timedOut]).toEqual([]);
  });

  test('a rush of lists ends no wait for a change, and no stream of changes, also where a token changes meanwhile', async () => {
    const url = `${world.query.url}/v2/tokens/changes`;
    const { after } = (await httpRequest(`${url}?limit=1000`)).json<ChangesAnswer>();
    const [stream, waiting] = [
      await EventStream.open(`${url}?after=${after}`),
      httpRequest(`${url}?wait=30&after=${after}`),
    ];
    await stream.isComplete();
    const waiters = async () => (await world.query.metrics()).get('query_change_waiters');
    await eventually('both to wait', async () => (await waiters()) === 2);
    const before = (await figure('refused_total', 'plain'))!;
    await hold('token_1');
    const flood = new Flood(FLOOD, list);
    await busy(PLAIN);
    // The projector stands before the lock, too.
    const [changed] = await world.database
      .query(`with late as (update generation set turns = turns + 1 returning position, turns)
      update token_updated_1 set position = late.position, turn = late.turns from late
      where id = (select min(id) from token_updated_1) returning id::int, late.position::int`);
    await refusedButFor(flood, PLAIN);
    // They know of the change, although their own pages have no turn.
    expect(await waiters()).toBe(0);
    await eventually('both pages to be refused', async () => {
      const refused = (await figure('refused_total', 'plain'))! - before;
      return refused >= FLOOD - PLAIN + 2;
    });
    await release();
    await flood.ended;
    expect((await waiting).json<ChangesAnswer>().data).toMatchObject([changed]);
    await eventually('the stream to tell of it', () => stream.changes.length > 0);
    expect(stream.changes).toMatchObject([changed]);
    expect(stream.hasEnded).toBe(false);
    stream.leave();
  });

  test('a rush of searches keeps no plain list from being answered', async () => {
    await hold('token_search_1');
    const flood = new Flood(FLOOD, search);
    await busy(SEARCH);
    expect((await list()).status).toBe(200);
    await refusedButFor(flood, SEARCH);
    flood.expectRefusals(FLOOD - SEARCH);
    expect((await list()).status).toBe(200);
    await release();
    await flood.ended;
    expect((await search()).status).toBe(200);
  });

  test('a rush of uids and labels to resolve keeps no plain list from being answered', async () => {
    const headers = { 'content-type': 'application/json' };
    const resolve = () =>
      httpRequest(`${world.query.url}/v2/tokens/resolve`, { method: 'POST', headers, body: '{"labels":["a"]}' });
    await hold('token_search_1');
    const flood = new Flood(FLOOD, resolve);
    await busy(RESOLVE);
    expect((await list()).status).toBe(200);
    await refusedButFor(flood, RESOLVE);
    flood.expectRefusals(FLOOD - RESOLVE);
    expect((await list()).status).toBe(200);
    await release();
    await flood.ended;
    expect((await resolve()).status).toBe(200);
  });

  test('readiness looks at the database over a connection of its own', async () => {
    await hold('token_1');
    const flood = new Flood(PLAIN, list);
    await busy(PLAIN);
    let isOver = false;
    void flood.ended.then(() => (isOver = true));
    // PostgreSQL ends the eight statements after three seconds.
    while (!isOver)
      expect(await (await fetch(`${world.query.url}/health/ready`)).json()).toMatchObject({ status: 'ok' });
    await release();
  });

  test('refusals fill no log', async () => {
    const lines = world.query.logs.length;
    await hold('token_1');
    const flood = new Flood(FLOOD, list);
    await refusedButFor(flood, PLAIN);
    await release();
    await flood.ended;
    expect(world.query.logs.length - lines).toBeLessThan(PLAIN * 2);
  });

  test('clients that come back at once find the list answered, and nothing is left waiting', async () => {
    const headers = { authorization: `Bearer ${await signToken()}` };
    const url = `${world.query.url}/v2/tokens?limit=100`;
    const { statusCodeStats, errors, timeouts } = await autocannon({ url, headers, connections: 500, duration: 3 });
    expect(Object.keys(statusCodeStats ?? {}).filter((status) => status !== '200' && status !== '503')).toEqual([]);
    expect(statusCodeStats).toHaveProperty('200');
    expect({ errors, timeouts }).toEqual({ errors: 0, timeouts: 0 });
    await eventually('nothing to wait', async () => (await figure('waiting', 'plain')) === 0);
    expect((await list()).status).toBe(200);
  });
});
