import { pino } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { VisibleStates } from '../../apps/query/src/polling/visible-states.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import type { ReadModelReader } from '../../apps/query/src/reading/read-model-reader.js';
import { ListParts } from '../oracle/list-parts.js';
import { aTokenEvent, anErasure } from '../support/builders.js';
import { httpRequest, waitForPosition, type Reply } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import type { AppProcess } from '../support/app-process.js';
import { publish } from '../support/publish.js';
import { startWorld, type World } from './world.js';

const CUSTOMERS = 3;
const TOKENS = 30;

describe('a repeated list', () => {
  let world: World;
  let tokens: readonly string[];
  let version = 1;

  beforeAll(async () => {
    world = await startWorld(
      Array.from({ length: TOKENS }, (_, i) =>
        aTokenEvent('token.created', { id: i + 1, customerId: 1 + (i % CUSTOMERS) }),
      ),
      // A busy machine may take longer than a second between two requests.
      { PAGE_CACHE_SECONDS: '60' },
    );
    tokens = await Promise.all([1, 2, 3].map((id) => signToken({ customerIds: [id] })));
  });

  const ask = (customer: number, query = '', { url } = world.query): Promise<Reply> =>
    httpRequest(`${url}/v2/tokens?limit=5${query}`, { token: tokens[customer - 1]! });
  const happens = async (...events: Parameters<typeof publish>[1] & readonly object[]) =>
    waitForPosition(world.query.url, await publish(world.stream, events));
  const changed = (id: number) =>
    aTokenEvent('token.updated', {
      id,
      version: (version += 1),
      customerId: 1 + ((id - 1) % CUSTOMERS),
      comment: `version ${version}`,
    });
  async function counted(app: AppProcess = world.query): Promise<{ hit: number; bytes: number }> {
    const metrics = await app.metrics();
    return {
      hit: metrics.get('query_page_cache_requests_total{result="hit"}') ?? 0,
      bytes: metrics.get('query_page_cache_bytes') ?? 0,
    };
  }
  async function hits(work: () => Promise<unknown>): Promise<number> {
    const before = await counted();
    await work();
    return (await counted()).hit - before.hit;
  }

  test('comes from memory, with the position and headers of now, until a token of its own customers changes', async () => {
    await ask(1);
    const first = await ask(1);
    await happens(changed(2));
    const again = await hits(async () => {
      const reply = await ask(1);
      expect(reply.body).toBe(first.body);
      expect(Number(reply.headers.get('x-read-position'))).toBe(Number(first.headers.get('x-read-position')) + 1);
      for (const name of ['etag', 'link', 'x-total-count', 'content-type', 'x-next-cursor'])
        expect(reply.headers.get(name)).toBe(first.headers.get(name));
    });
    expect(again).toBe(1);
    await happens(changed(28));
    expect(await hits(async () => expect((await ask(1)).body).not.toBe(first.body))).toBe(0);
  });

  test('comes from memory over NATS, too, for a page that HTTP asked for first', async () => {
    const { doors } = world;
    const [overHttp, overNats] = [await doors.http('?limit=3'), await doors.nats({ limit: 3 })];
    expect(overNats.body).toBe(overHttp.body);
    // It is kept when it is wanted for the second time.
    expect(await hits(() => doors.nats({ limit: 3 }))).toBe(1);
  });

  test('is read where it depends on the time, or is a page of a walk', async () => {
    const next = (await ask(1)).headers.get('x-next-cursor')!;
    for (const query of ['&status=usable', `&cursor=${encodeURIComponent(next)}`])
      expect(
        await hits(async () =>
          expect([(await ask(1, query)).status, (await ask(1, query)).status]).toEqual([200, 200]),
        ),
      ).toBe(0);
  });

  test('leaves memory with the first look after an erasure of what it may show, also if nobody asks for it again', async () => {
    for (let time = 0; time < 3; time += 1) await Promise.all([ask(1, '&offset=1'), ask(2, '&offset=1')]);
    const before = await counted();
    await happens(anErasure({ id: 4, version: (version += 1) }));
    await ask(2, '&offset=1');
    expect((await counted()).bytes).toBeLessThan(before.bytes);
    expect(await hits(() => ask(1, '&offset=1'))).toBe(0);
    expect(await hits(() => ask(2, '&offset=1'))).toBe(1);
  });

  test('is read every time where the memory is off, with the same answers', async () => {
    const other = await startQuery({ ...world.env, PAGE_CACHE_BYTES: '0' });
    for (let round = 0; round < 3; round += 1)
      for (const customer of [1, 2, 3]) {
        const [kept, read] = [await ask(customer), await ask(customer, '', other)];
        expect([read.body, read.headers.get('etag')]).toEqual([kept.body, kept.headers.get('etag')]);
      }
    expect(await counted(other)).toEqual({ hit: 0, bytes: 0 });
  });
});

describe('a state that many ask for', () => {
  let world: World;
  let pools: ReadPools;
  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 1 })]);
    pools = new ReadPools(world.database.url, pino({ level: 'silent' }));
  });
  afterAll(() => pools.close());

  /** Reads, and hands over what it read some time later. */
  function slowly(
    reader: ReadModelReader,
    work: () => Promise<unknown>,
  ): { states: VisibleStates; readings: () => number } {
    let readings = 0;
    const slow = {
      read: async (...args: Parameters<ReadModelReader['read']>) => {
        readings += 1;
        const found = await reader.read(...args);
        await work();
        return found;
      },
    };
    return { states: new VisibleStates(slow as ReadModelReader), readings: () => readings };
  }

  test('is one of after they have asked', async () => {
    let position = 1;
    const { states } = slowly(ListParts.over(pools).reader, () => sleep(30));
    const asked: Promise<void>[] = [];
    for (let i = 2; i <= 6; i += 1) {
      for (let caller = 0; caller < 10; caller += 1) {
        const atLeast = position;
        asked.push(
          states
            .of(caller < 5 ? null : [1])
            .then(({ state }) => expect(Number(state.position)).toBeGreaterThanOrEqual(atLeast)),
        );
      }
      position = await publish(world.stream, aTokenEvent('token.updated', { id: 1, version: i }));
      await waitForPosition(world.query.url, position);
    }
    await Promise.all(asked);
  });

  test('is read once for all who ask before it is read', async () => {
    const { states, readings } = slowly(ListParts.over(pools).reader, () => Promise.resolve());
    const readingsOf: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const before = readings();
      await Promise.all(Array.from({ length: 20 }, (_, i) => states.of(i < 10 ? null : [1])));
      readingsOf.push(readings() - before);
    }
    // A busy machine may take so long that each reads for itself.
    expect(Math.min(...readingsOf)).toBe(1);
  });

  test.each([
    ['fails', () => Promise.reject(new Error('the connection was lost'))],
    ['takes too long', () => sleep(2_000)],
  ])('is read by each of them where the one reading %s', async (_, first) => {
    let isFirst = true;
    const { states, readings } = slowly(ListParts.over(pools).reader, async () => {
      if (!isFirst) return;
      isFirst = false;
      await first();
    });
    const since = performance.now();
    await expect(Promise.all([states.of(null), states.of([1])])).resolves.toHaveLength(2);
    expect(performance.now() - since).toBeLessThan(1_900);
    expect(readings()).toBe(3);
  });
});
