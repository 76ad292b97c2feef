import { setTimeout as sleep } from 'node:timers/promises';
import { holdLocks } from '../faults/hold-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { httpRequest, natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { publish } from '../support/publish.js';
import { EventStream } from './event-stream.js';
import { Flood } from './flood.js';
import type { ChangesAnswer } from './mirror.js';
import { startWorld, type World } from './world.js';

/** The connections for lists, and those of them for changes. */
const LISTS = 8;
const CHANGES = 3;
const FOLLOWERS = 60;
const CROWD = 400;

describe('a crowd that wants changes', () => {
  let world: World;
  let theirs: string;
  let others: string;

  beforeAll(async () => {
    const events = [1, 2].map((id) => aTokenEvent('token.created', { id, customerId: id }));
    // A list then reads no table that is locked below.
    world = await startWorld(events, { PAGE_CACHE_BYTES: '0' });
    [theirs, others] = [await signToken({ customerIds: [1] }), await signToken({ customerIds: [2] })];
  });

  let release: () => Promise<void>;
  /** No changes can be read. */
  const hold = async () => {
    release = await holdLocks(world.database, 'lock table token_gone_1 in access exclusive mode');
  };
  afterEach(() => release());

  const changesUrl = (query: string) => `${world.query.url}/v2/tokens/changes?${query}`;
  const figure = async (name: string) => (await world.query.metrics()).get(name);
  const refused = async () => (await figure('query_requests_refused_total{requests="changes"}'))!;
  const isFree = async () => (await figure('query_answer_bytes')) === 0;

  /** Over NATS, where no tag needs to be read. */
  async function expectLists(): Promise<void> {
    const { nats, prefix } = world.stream;
    const list = await natsRequest(nats, `${prefix}.list`, {}, { Authorization: `Bearer ${others}` });
    expect([list.status, list.json<ChangesAnswer>().data]).toMatchObject([200, [{ id: 2 }]]);
  }

  test('keeps no list from being answered', async () => {
    const before = await refused();
    await hold();
    // None wants the page of another.
    let limit = 0;
    const flood = new Flood(CROWD, () => httpRequest(changesUrl(`limit=${(limit += 1)}`), { token: theirs }));
    while (!flood.isDecidedBut(CHANGES)) await expectLists();
    flood.expectRefusals(CROWD - CHANGES);
    expect(await refused()).toBe(before + flood.refused.length);
    await release();
    await flood.ended;
  });

  test.each([
    ['changes', CHANGES, (n: number) => `/changes?limit=${n}`, {}],
    // With so many customers nobody shares a look.
    ['plain', LISTS, (n: number) => `?limit=${n}`, { 'if-none-match': 'W/"another"' }],
  ])('lets others come first: %s', async (kind, places, path, headers) => {
    const waiting = async () => (await figure(`query_requests_waiting{requests="${kind}"}`))!;
    const many = await signToken({ customerIds: Array.from({ length: 20 }, (_, i) => i + 1) });
    const order: string[] = [];
    let limit = CROWD;
    /** None wants the page of another. */
    const ask = async (who: string, token: string) => {
      const url = `${world.query.url}/v2/tokens${path((limit += 1))}`;
      const { status } = await httpRequest(url, { token, ...(token === many ? { headers } : {}) });
      order.push(`${who} ${status}`);
    };
    await hold();
    const asked = Array.from({ length: places + 1 }, () => ask('they', many));
    await eventually('one to wait', async () => (await waiting()) === 1);
    asked.push(ask('another', others));
    // From then on the newest comes first.
    await sleep(300);
    for (let i = 0; i < FOLLOWERS; i += 1) asked.push(ask('they', many));
    await eventually('all to wait', async () => (await waiting()) === FOLLOWERS + 2);
    await release();
    await Promise.all(asked);
    expect(order.indexOf('another 200')).toBeLessThanOrEqual(FOLLOWERS / 2);
    expect(order.indexOf('another 200')).toBeGreaterThanOrEqual(0);
  });

  test('of callers for the same customers reads together, and none of them is refused', async () => {
    const before = await refused();
    const { after } = (await httpRequest(changesUrl(''), { token: theirs })).json<ChangesAnswer>();
    await eventually('all memory of answers to be free', isFree);
    await hold();
    const pages = Array.from({ length: CROWD / 2 }, () => httpRequest(changesUrl(`after=${after}`), { token: theirs }));
    const opened = Array.from({ length: FOLLOWERS }, () => EventStream.open(changesUrl(`after=${after}`), theirs));
    // Longer than a request may wait for its turn.
    for (const until = performance.now() + 1_500; performance.now() < until;) await expectLists();
    await release();
    for (const page of await Promise.all(pages))
      expect([page.status, page.json<ChangesAnswer>().data]).toEqual([200, []]);
    const streams = await Promise.all(opened);
    await eventually('all to wait', async () => (await figure('query_change_waiters')) === FOLLOWERS);
    await publish(world.stream, aTokenEvent('token.updated', { id: 1, version: 2, customerId: 1 }));
    for (const stream of streams) {
      await eventually(
        'the stream to tell of it',
        () => stream.changes.length > 0 && stream.last?.event === 'complete',
      );
      expect(stream.changes).toMatchObject([{ id: 1, change: 'changed' }]);
      stream.leave();
    }
    expect(await refused()).toBe(before);
    await eventually('all memory of answers to be free', isFree);
  });
});
