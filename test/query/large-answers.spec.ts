import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { httpRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { Doors } from './doors.js';
import { expectError, expectNatsError } from './service-error.js';
import { SlowReader } from './slow-reader.js';
import { startWorld, type World } from './world.js';

const TOKENS = 300;
const READERS = 40;
const MEGABYTE = 1_048_576;
const ANSWER_MAX_BYTES = 16 * MEGABYTE;
/** With these the app promises to need no more than {@link MEMORY_MB}; see docs/operations.md. */
const BOUNDS = { NODE_OPTIONS: '--max-old-space-size=192', ANSWERS_IN_FLIGHT_BYTES: String(128 * MEGABYTE) };
const MEMORY_MB = 480;

/** Rows as a release without bounds of texts wrote them, and as a token in very many groups has them. */
describe('tokens whose documents are large', () => {
  let world: World;
  let query: AppProcess;
  let doors: Doors;

  beforeAll(async () => {
    world = await startWorld(Array.from({ length: TOKENS }, (_, i) => aTokenEvent('token.created', { id: i + 1 })));
    await world.projector.stop();
    query = await startQuery({ ...world.env, ...BOUNDS });
    doors = new Doors({ url: query.url, nats: world.stream.nats, prefix: world.stream.prefix });
  });

  const comments = (bytes: number, where = 'true') =>
    world.database.query(
      `update token_1 set document = regexp_replace(document, '"comment":[^,]*', '"comment":"' || repeat('x', $1) || '"') where ${where}`,
      [bytes],
    );
  const sizesIn = (message: string) => message.match(/\d{4,}/g)!.map(Number);

  test('of 270 MB together are a 413 on both doors that gives both sizes, and nothing of them is read', async () => {
    await comments(900_000);
    const halves = [doors.http(`?limit=${TOKENS / 2}`), doors.http(`?limit=${TOKENS / 2}&sortDirection=asc`)];
    for (const half of await Promise.all(halves)) expectError(half, 413);
    const reply = await doors.http(`?limit=${TOKENS}`);
    const http = expectError(reply, 413);
    expect(reply.headers.get('x-read-position')).toBe(String(world.position));
    expect(http).toMatch(/lower limit/);
    const [size, limit] = sizesIn(http);
    expect(size).toBeGreaterThan(TOKENS * 900_000);
    expect(limit).toBe(ANSWER_MAX_BYTES);
    // The page and some headers.
    const withHeaders = sizesIn(expectNatsError(await doors.nats({ limit: TOKENS }), 413))[0]! - size!;
    expect(withHeaders).toBeGreaterThan(0);
    expect(withHeaders).toBeLessThan(300);
  });

  test('are answered one by one, and as many together as the limit allows', async () => {
    expect((await doors.get(5)).body).toHaveLength(900_000 + 377);
    const page = await doors.http('?limit=18');
    expect(page.status).toBe(200);
    expectError(await doors.http('?limit=19'), 413);
  });

  test('do not harm the app, however many ask for as much as they may and however slowly they read', async () => {
    await comments(50_000);
    const url = `${query.url}/v2/tokens?limit=${TOKENS}`;
    const readers: SlowReader[] = [];
    for (let i = 0; i < READERS && readers.at(-1)?.status !== 503; i += 1) readers.push(await SlowReader.ask(url));
    readers.push(...(await Promise.all(Array.from({ length: READERS }, () => SlowReader.ask(url)))));
    expect(new Set(readers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect((await doors.http('?limit=1')).status).toBe(200);
    expect((await doors.nats({ limit: 1 })).status).toBe(200);
    const metrics = await query.metrics();
    expect(metrics.get('process_resident_memory_bytes')! / MEGABYTE).toBeLessThan(MEMORY_MB);
    expect(metrics.get('query_answer_bytes')!).toBeGreaterThan(ANSWER_MAX_BYTES);
    const served = readers.filter(({ status }) => status === 200);
    const all = await Promise.all(served.map((reader) => reader.rest()));
    for (const text of all) expect((JSON.parse(text) as { count: number }).count).toBe(TOKENS);
    await eventually('the bytes to be free again', async () => (await query.metrics()).get('query_answer_bytes') === 0);
  });

  test('take no more than half of the memory for callers who may see the same customers', async () => {
    await comments(50_000);
    const [{ customerId }] = (await world.database.query<{ customerId: number }>(
      'select customer_id::float8 as "customerId" from token_1 limit 1',
    )) as [{ customerId: number }];
    const url = `${query.url}/v2/tokens?limit=${TOKENS}`;
    const theirs = { authorization: `Bearer ${await signToken({ customerIds: [customerId] })}` };
    const readers: SlowReader[] = [];
    while (readers.at(-1)?.status !== 503) readers.push(await SlowReader.ask(url, theirs));
    expect(readers.length).toBeGreaterThan(3);
    const token = await signToken({ customerIds: [customerId, customerId + 1] });
    expect((await httpRequest(url, { token })).status).toBe(200);
    for (const reader of readers) reader.leave();
    await eventually('the bytes to be free again', async () => (await query.metrics()).get('query_answer_bytes') === 0);
  });

  test('do not harm the app in streams of changes either, of which the rows take no memory besides the page', async () => {
    // One letter beyond Latin-1 makes the texts of a row twice as long in memory.
    await comments(50_000);
    await world.database.query(
      `update token_1 set document = regexp_replace(document, '"comment":"x', '"comment":"€')`,
    );
    const url = `${query.url}/v2/tokens/changes?limit=${TOKENS}`;
    const accept = { accept: 'text/event-stream' };
    const readers = await Promise.all(Array.from({ length: READERS }, () => SlowReader.ask(url, accept)));
    expect(new Set(readers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect((await doors.http('?limit=1')).status).toBe(200);
    const metrics = await query.metrics();
    expect(metrics.get('process_resident_memory_bytes')! / MEGABYTE).toBeLessThan(MEMORY_MB);
    for (const reader of readers) reader.leave();
    await eventually('the bytes to be free again', async () => (await query.metrics()).get('query_answer_bytes') === 0);
  });

  test('are free for others once a reader is gone in the middle of one', async () => {
    const readers = await Promise.all(
      Array.from({ length: 5 }, () => SlowReader.ask(`${query.url}/v2/tokens?limit=${TOKENS}`)),
    );
    for (const reader of readers) reader.leave();
    await eventually('the bytes to be free again', async () => (await query.metrics()).get('query_answer_bytes') === 0);
  });
});
