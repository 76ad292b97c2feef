import { connect } from 'node:net';
import { anErasure, aTokenEvent } from '../support/builders.js';
import { httpRequest, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { EventStream } from './event-stream.js';
import { mirrorOf, type ChangesAnswer } from './mirror.js';
import { startWorld, type World } from './world.js';

/** In JSON six bytes a letter: 2,000 tokens are more than the kernels on both ends take off the app's hands. */
const COMMENT = '\u0001'.repeat(4_000);
const LARGE = 1_000;

describe('a caller that follows the changes', () => {
  let world: World;
  const of = (...customerIds: number[]) => signToken({ customerIds });
  const urlOf = (query = '', { url } = world.query) => `${url}/v2/tokens/changes?${query}`;
  const changed = (id: number, version: number, customerId: number, comment: string | null = null) =>
    aTokenEvent('token.updated', { id, version, customerId, comment });
  const idsOf = (stream: EventStream) => stream.changes.map(({ id, change }) => [id, change]);

  async function happens(...events: Parameters<typeof publish>[1] & readonly object[]): Promise<number> {
    const position = await publish(world.stream, events);
    await waitForPosition(world.query.url, position);
    return position;
  }
  async function waiters(number: number, query = world.query): Promise<void> {
    await eventually(`${number} to wait`, async () => (await query.metrics()).get('query_change_waiters') === number);
  }

  let hasLarge = false;
  /** Customer 7 has more than a connection takes. */
  async function largeTokens(): Promise<void> {
    if (hasLarge) return;
    hasLarge = true;
    const events = Array.from({ length: LARGE }, (_, i) => changed(100 + i, 1, 7, COMMENT));
    for (let i = 0; i < LARGE; i += 50) await happens(...events.slice(i, i + 50));
  }

  beforeAll(async () => {
    world = await startWorld(
      [1, 2, 3, 4].map((id) => aTokenEvent('token.created', { id, customerId: id < 3 ? 1 : 2 })),
    );
  });

  test('gets every token, then each change in order as it happens, also moves between customers and erasures', async () => {
    const streams = await Promise.all(
      [of(1), of(2), of(1, 2), signToken()].map(async (token) => EventStream.open(urlOf('limit=1'), await token)),
    );
    const [one, two, both, everyone] = streams as [EventStream, EventStream, EventStream, EventStream];
    for (const stream of streams) await stream.isComplete(4);
    expect([idsOf(one), idsOf(two)]).toEqual([
      [
        [1, 'changed'],
        [2, 'changed'],
      ],
      [
        [3, 'changed'],
        [4, 'changed'],
      ],
    ]);
    await waiters(4);
    for (const version of [2, 3]) {
      // A second change would take the place of the first for one who has not read that yet.
      const position = await happens(changed(1, version, version === 2 ? 2 : 1));
      for (const stream of streams) await stream.isComplete(position);
    }
    const position = await happens(anErasure({ id: 4, version: 2 }));
    for (const stream of [two, both, everyone]) await stream.isComplete(position);
    expect(idsOf(one).slice(2)).toEqual([
      [1, 'left'],
      [1, 'changed'],
    ]);
    expect(idsOf(two).slice(2)).toEqual([
      [1, 'changed'],
      [1, 'left'],
      [4, 'erased'],
    ]);
    for (const stream of [both, everyone])
      expect(idsOf(stream).slice(4)).toEqual([
        [1, 'changed'],
        [1, 'changed'],
        [4, 'erased'],
      ]);
    // Each event is what the request for a page answers.
    for (const { event, id, data } of two.events)
      if (event === 'changes') expect((data as ChangesAnswer).after).toBe(id);
    const { headers } = two.response;
    expect([headers['content-type'], headers['content-encoding'], headers['cache-control']]).toEqual([
      'text/event-stream; charset=utf-8',
      undefined,
      'no-store',
    ]);
    expect(headers['vary']?.toLowerCase()).toContain('accept');
    for (const stream of streams) stream.leave();
    await waiters(0);
    await eventually('no memory to be held', async () => (await world.query.metrics()).get('query_answer_bytes') === 0);
  });

  test('goes on from its last event, whatever `after` says, on any instance', async () => {
    const token = await of(1);
    const first = await EventStream.open(urlOf('limit=1'), token);
    await first.isComplete();
    const { id } = first.events[0]!;
    first.leave();
    const another = await startQuery(world.env);
    for (const [query, lastId] of [
      ['', id],
      [`after=${first.last!.id}`, id],
      [`after=${id}`, undefined],
    ] as const) {
      const resumed = await EventStream.open(urlOf(query, another), token, lastId);
      await resumed.isComplete();
      expect(resumed.changes).toEqual(first.changes.slice(1));
      resumed.leave();
    }
    await another.stop();
  });

  test('is refused before the first event as a request for a page is', async () => {
    const { id: lastId } = await (async () => {
      const stream = await EventStream.open(urlOf(), await of(1));
      await stream.isComplete();
      stream.leave();
      return stream.last!;
    })();
    const statusOf = async (query: string, token?: string, last?: string) => {
      const stream = await EventStream.paused(urlOf(query), token, last);
      stream.leave();
      return [stream.response.statusCode, stream.response.headers['content-type']];
    };
    const json = 'application/json; charset=utf-8';
    expect(await statusOf('wait=1')).toEqual([400, json]);
    expect(await statusOf('after=x')).toEqual([400, json]);
    expect(await statusOf('', undefined, 'x')).toEqual([400, json]);
    expect(await statusOf('', 'x')).toEqual([403, json]);
    expect(await statusOf('', await of(1, 2), lastId)).toEqual([410, json]);
    const page = await httpRequest(urlOf(), { headers: { accept: 'application/json, text/event-stream;q=0.9' } });
    expect(page.headers.get('content-type')).toBe(json);
    const head = await httpRequest(urlOf(), { method: 'HEAD', headers: { accept: 'text/event-stream' } });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await waiters(0);
  });

  test('is told when its JWT has expired, and that is the end', async () => {
    // Clocks may differ by five seconds.
    const stream = await EventStream.open(urlOf(), await signToken({ expiresIn: '-3s' }));
    await stream.ended();
    expect(stream.last).toMatchObject({ event: 'error', data: { statusCode: 403, error: 'Forbidden' } });
    expect(stream.last?.id).toBeUndefined();
  });

  test('reads on through a rebuild, and is told at once when it must begin again', async () => {
    const stream = await EventStream.open(urlOf());
    await stream.isComplete();
    const rebuilds = new Rebuilds(world);
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
    const position = await happens(changed(2, 2, 1, 'after the rebuild'));
    await stream.isComplete(position);
    expect(stream.changes.at(-1)).toMatchObject({ position, id: 2, token: { comment: 'after the rebuild' } });
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    await stream.ended();
    expect(stream.last).toMatchObject({
      event: 'error',
      data: { statusCode: 410, message: expect.stringContaining('begin again') as string },
    });
  });

  test('that reads slowly makes nobody read ahead, costs the others nothing, and gets everything in the end', async () => {
    await largeTokens();
    const token = await of(7);
    const slow = await EventStream.paused(urlOf('limit=50'), token);
    const held = async () => (await world.query.metrics()).get('query_answer_bytes')!;
    // One page, of 1.2 MB.
    await eventually('the connection to be full', async () => {
      const one = await held();
      return one > 0 && one < 2_500_000 && (await stays(held));
    });
    expect((await world.doors.list({ limit: 1 })).status).toBe(200);
    slow.read();
    await slow.isComplete();
    expect(slow.tokens.size).toBe(LARGE);
    slow.leave();
    await eventually('no memory to be held', async () => (await held()) === 0);
  }, 60_000);

  /** Whether looks say the same for a while. */
  async function stays(look: () => Promise<number>): Promise<boolean> {
    const first = await look();
    for (let i = 0; i < 20; i += 1) if ((await look()) !== first) return false;
    return true;
  }

  test('waits as often as there are changes, and each wait leaves nothing behind', async () => {
    const stream = await EventStream.open(urlOf(), await of(1, 2));
    // Node warns of the eleventh listener on one signal.
    for (let version = 1; version <= 12; version += 1) {
      await waiters(1);
      await stream.isComplete(await happens(changed(50, version, 1)));
    }
    stream.leave();
    await waiters(0);
    expect(world.query.output).not.toContain('MaxListenersExceededWarning');
  });

  test('keeps no memory when the connection is lost before its first event can be sent', async () => {
    await largeTokens();
    const held = async () => (await world.query.metrics()).get('query_answer_bytes')!;
    const { hostname, port } = new URL(world.query.url);
    const head = `host: a\r\nauthorization: Bearer ${await of(7)}\r\n`;
    const socket = connect(Number(port), hostname);
    // The answer before it comes after two seconds.
    socket.write(
      `GET /v2/tokens HTTP/1.1\r\n${head}x-min-position: 999999\r\n\r\n` +
        `GET /v2/tokens/changes?limit=50 HTTP/1.1\r\n${head}accept: text/event-stream\r\n\r\n`,
    );
    await eventually('the first event to be read', async () => (await held()) > 0);
    socket.destroy();
    await eventually('no memory to be held', async () => (await held()) === 0);
  });

  test('is let go at once when the instance stops, between two events, also where it reads nothing', async () => {
    await largeTokens();
    const query = await startQuery(world.env);
    const streams = await Promise.all(
      [of(1), signToken()].map(async (token) => EventStream.open(urlOf('', query), await token)),
    );
    const stuck = await EventStream.paused(urlOf('limit=50', query), await of(7));
    for (const stream of streams) await stream.isComplete();
    await waiters(2, query);
    const stoppedAt = performance.now();
    const stopped = query.stop();
    for (const stream of streams) await stream.ended(1_500);
    await stopped;
    expect(performance.now() - stoppedAt).toBeLessThan(6_000);
    expect(streams.map(({ last, wasCut }) => [last?.event, wasCut])).toEqual([
      ['complete', false],
      ['complete', false],
    ]);
    stuck.leave();
  });

  test('sees that the connection is alive, and its copy is the list at the end of a storm', async () => {
    const storm = await Promise.all(
      [of(1), of(1, 2)].map(async (token) => ({
        token: await token,
        stream: await EventStream.open(urlOf('limit=7'), await token),
      })),
    );
    for (let version = 10; version < 60; version += 1)
      await publish(world.stream, changed(1 + (version % 3), version, 1 + (version % 2)));
    const position = await happens(changed(1, 100, 1), changed(2, 100, 2));
    for (const { token, stream } of storm) {
      await eventually('the last change', () => stream.changes.some((change) => change.position >= position - 1));
      await stream.isComplete();
      expect(new Map([...stream.tokens].sort())).toEqual(
        new Map([...(await mirrorOf(world.query.url, token, 100))].sort()),
      );
    }
    await eventually('a heartbeat', () => storm.every(({ stream }) => stream.heartbeats > 0), { within: 25_000 });
    for (const { stream } of storm) stream.leave();
  }, 60_000);
});
