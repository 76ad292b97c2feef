import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdLocks } from '../faults/hold-locks.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpRequest, natsRequest, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { expectError } from './service-error.js';
import { SlowReader } from './slow-reader.js';
import { startWorld, type World } from './world.js';

const NDJSON = { accept: 'application/x-ndjson' };
const MEGABYTE = 1_048_576;
/** In JSON six bytes a letter: so long that the document is read by itself. */
const COMMENT = '\u0001'.repeat(4_000);
/** With these comments more than the kernels on both ends take off the app's hands. */
const TOKENS = 1_000;
/** The heap of the app; in the test of memory all documents together are twice as large. */
const HEAP = { NODE_OPTIONS: '--max-old-space-size=64' };
const MEMORY_MB = 330;
/** Of all tokens. */
const CUSTOMER = 1;

describe('an export', () => {
  let world: World;
  let url: string;

  beforeAll(async () => {
    const events = Array.from({ length: TOKENS }, (_, i) =>
      aTokenEvent('token.created', { id: i + 1, comment: i % 2 === 0 ? COMMENT : 'y'.repeat(4_000) }),
    );
    world = await startWorld(events, HEAP);
    url = `${world.query.url}/v2/tokens`;
  });
  beforeEach(() => nothingIsOpen());
  afterAll(() => nothingIsOpen());

  const sessions = async (condition: string) => {
    const found = await world.database.query(
      `select from pg_stat_activity
      where datname = current_database() and application_name = 'token-query-export' and ${condition}`,
    );
    return found.length;
  };
  const inTransaction = () => sessions('xact_start is not null');
  const nothingIsOpen = () => eventually('no export to be open', async () => (await inTransaction()) === 0);
  const ask = (address = url, headers = {}) => SlowReader.ask(address, { ...NDJSON, ...headers });
  const leaveSoon = async (method: string, token: string) => {
    const headers = { authorization: `Bearer ${token}`, ...NDJSON };
    const asked = request(url, { method, headers, agent: false }, (response) => response.resume());
    const closed = new Promise((resolve) => asked.once('close', resolve));
    // A caller who has left gets no answer.
    asked.on('error', () => undefined).end();
    await sleep(Math.random() * 12);
    asked.destroy();
    await closed;
  };
  const idsIn = (text: string) => Array.from(text.matchAll(/^\{"id":(\d+),/gm), ([, id]) => Number(id));
  const ALL_IDS = Array.from({ length: TOKENS }, (_, i) => TOKENS - i);

  test('waits for a slow reader with one snapshot, one more than may run is told when to try again, and no list waits', async () => {
    const readers = [await ask(), await ask(url, { 'accept-encoding': 'gzip' })];
    expect(await inTransaction()).toBe(2);
    const refused = await httpRequest(url, { headers: NDJSON });
    expect(expectError(refused, 503)).toContain('already runs 2 exports');
    expect(refused.headers.get('retry-after')).toBe('30');
    for (const query of ['?limit=1', '?search=SPI&limit=1'])
      expect((await httpRequest(`${url}${query}`)).status).toBe(200);
    const later = aTokenEvent('token.updated', { id: 1, version: 2, comment: 'later' });
    await waitForPosition(world.query.url, await publish(world.stream, later));
    const text = await readers[0]!.rest();
    expect(idsIn(text)).toEqual(ALL_IDS);
    expect(text).not.toContain('"later"');
    readers[1]!.leave();
  });

  test('leaves one to others than the callers for some customers, until theirs has ended', async () => {
    const [theirs, others] = [
      await signToken({ customerIds: [CUSTOMER, 9] }),
      await signToken({ customerIds: [CUSTOMER] }),
    ];
    const withJwt = (token: string) => ask(url, { authorization: `Bearer ${token}` });
    const reader = await withJwt(theirs);
    const refused = await httpRequest(url, { headers: NDJSON, token: theirs });
    expect(expectError(refused, 429)).toContain('for the same customers');
    expect(refused.headers.get('retry-after')).toBe('30');
    const other = await withJwt(others);
    expect(other.status).toBe(200);
    reader.leave();
    const again = async () => {
      const next = await withJwt(theirs);
      return next.status === 200 && next;
    };
    for (const each of [await eventually('another one', again, { within: 2_000 }), other]) each.leave();
  });

  test('leaves one to others, too, than callers who begin exports and leave them', async () => {
    const [theirs, others] = [await signToken({ customerIds: [CUSTOMER] }), await signToken({ customerIds: [9] })];
    let isOver = false;
    const leaving = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!isOver) await leaveSoon('GET', theirs);
      }),
    );
    const statuses: number[] = [];
    const retryAfter = new Set<string | null>();
    for (let i = 0; i < 30; i += 1) {
      statuses.push((await httpRequest(`${url}?type=virtual`, { headers: NDJSON, token: others })).status);
      const mine = await httpRequest(`${url}?type=virtual`, { headers: NDJSON, token: theirs });
      if (mine.status === 429) retryAfter.add(mine.headers.get('retry-after'));
      await sleep(20);
    }
    isOver = true;
    await leaving;
    expect(statuses).toEqual(statuses.map(() => 200));
    // A place is free as soon as PostgreSQL has ended what it did for a caller who has left.
    expect(retryAfter).toContain('2');
  });

  test.each(['HEAD', 'GET'])('ends with its caller, who leaves before it has begun: %s', async (method) => {
    const token = await signToken();
    for (let i = 0; i < 150; i += 1) await leaveSoon(method, token);
    const running = async () => (await world.query.metrics()).get('query_exports_running');
    await eventually('all to have ended', async () => (await running()) === 0);
  });

  test.each([
    ['in the middle', {}],
    ['in the middle of a compressed one', { 'accept-encoding': 'br' }],
  ])('ends with its reader: %s', async (_, headers) => {
    // Those that were left before may still come, and have all places.
    const reader = await eventually('an export to begin', async () => {
      const asked = await ask(url, headers);
      return asked.status === 200 && asked;
    });
    await eventually('this one alone to be open', async () => (await inTransaction()) === 1);
    reader.leave();
    const running = async () => (await world.query.metrics()).get('query_exports_running');
    await eventually('all to have ended', async () => (await running()) === 0);
    expect(world.query.logsWith('broken off')).toEqual([]);
  });

  test('ends with its reader, too, behind another answer on the same connection', async () => {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    atEnd('closing the connection', () => void socket.destroy());
    const { after } = (await httpRequest(`${url}/changes`)).json<{ after: string }>();
    const head = `host: a\r\nauthorization: Bearer ${await signToken()}\r\n`;
    const waiting = `GET /v2/tokens/changes?wait=30&after=${after} HTTP/1.1\r\n${head}\r\n`;
    socket.write(`${waiting}GET /v2/tokens HTTP/1.1\r\n${head}accept: ${NDJSON.accept}\r\n\r\n`);
    const running = async () => (await world.query.metrics()).get('query_exports_running');
    await eventually('the export to be open', async () => (await running()) === 1);
    socket.destroy();
    await eventually('it to have ended', async () => (await running()) === 0, { within: 5_000 });
  });

  test('ends with its reader while the database still works for the first token', async () => {
    const letGo = await holdLocks(world.database, 'lock table token_1 in access exclusive mode');
    const leaving = new AbortController();
    const asked = fetch(`${url}?sortBy=createdAt`, {
      headers: { ...NDJSON, authorization: `Bearer ${await signToken()}` },
      signal: leaving.signal,
    });
    asked.catch(() => undefined);
    await eventually('the export to wait', async () => (await sessions(`wait_event_type = 'Lock'`)) === 1);
    leaving.abort();
    await nothingIsOpen();
    await letGo();
  });

  test('that is broken off in the middle does not look complete, and says so in the log', async () => {
    const query = await startQuery({ ...world.env, EXPORT_MAX_SECONDS: '1' });
    const reader = await ask(`${query.url}/v2/tokens`);
    await eventually('it to be broken off', () => query.logsWith('an export was broken off').length === 1);
    await expect(reader.bytes()).rejects.toThrow('aborted');
    await query.stop();
  });

  test('that loses its database does not look complete, and the next one is', async () => {
    const reader = await ask();
    await world.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'token-query-export' and xact_start is not null`,
    );
    await expect(reader.rest()).rejects.toThrow('aborted');
    expect(idsIn(await (await ask()).rest())).toEqual(ALL_IDS);
  });

  test('is given some seconds when the app stops', async () => {
    const query = await startQuery(world.env);
    const letGo = await holdLocks(world.database, 'lock table token_1 in access exclusive mode');
    // Small, so that the time that it is given is enough for a busy machine, too.
    const answer = httpRequest(`${query.url}/v2/tokens?ids=1,2,3`, { headers: NDJSON });
    await eventually('the export to wait', async () => (await sessions(`wait_event_type = 'Lock'`)) === 1);
    query.kill('SIGTERM');
    await eventually('the stop to begin', () => query.logsWith('stopping').length > 0);
    await letGo();
    expect(idsIn((await answer).body)).toEqual([3, 2, 1]);
    expect(await query.exited).toEqual({ code: 0, signal: null });
    expect(query.logsWith('broken off')).toEqual([]);
  });

  test('is broken off like any other when it has not ended some seconds after the app stops', async () => {
    const query = await startQuery(world.env);
    const slow = await ask(`${query.url}/v2/tokens`);
    query.kill('SIGTERM');
    expect(await query.exited).toEqual({ code: 0, signal: null });
    expect(query.logsWith('still not stopped')).toEqual([]);
    await expect(slow.rest()).rejects.toThrow('aborted');
  });

  test('goes on over a switch of generations, and drop-previous waits for it', async () => {
    const rebuilds = new Rebuilds(world);
    const drop = () => natsRequest(world.stream.nats, `${world.stream.prefix}.rebuild.drop-previous`, {});
    const reader = await ask();
    await rebuilds.carryOut();
    expect((await httpRequest(url)).status).toBe(200);
    expect(await drop()).toMatchObject({ status: 503, body: expect.stringContaining('in use') as string });
    expect(idsIn(await reader.rest())).toEqual(ALL_IDS);
    await nothingIsOpen();
    expect((await drop()).status).toBe(200);
    expect(idsIn(await (await ask()).rest())).toEqual(ALL_IDS);
  });

  test('takes no more memory than a batch, however large the list and its documents are', async () => {
    await world.projector.stop();
    const [live] = await world.database.query<{ number: number }>(`select number from generation where state = 'live'`);
    await world.database.query(
      `update token_${live!.number} set document = format('{"id":%s,"comment":"%s"}', id, repeat('x', 250000)) where id % 2 = 0`,
    );
    const reader = await ask();
    let [bytes, isOver, peak] = [0, false, 0];
    const look = async () => {
      while (!isOver)
        peak = Math.max(peak, (await world.query.metrics()).get('process_resident_memory_bytes')! / MEGABYTE);
    };
    const looking = look();
    bytes = await reader.size();
    isOver = true;
    await looking;
    expect(bytes / MEGABYTE).toBeGreaterThan(115);
    expect(peak).toBeLessThan(MEMORY_MB);
  });
});
