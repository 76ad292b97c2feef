import { once } from 'node:events';
import { connect } from 'node:net';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startProjector, startQuery } from '../support/processes.js';
import { rawRequest } from './raw-request.js';
import { startWorld, type World } from './world.js';

const MEGABYTE = 1_048_576;
const CONNECTIONS = 150;
/** How often all of them come again after they were cut off. */
const TIMES = 3;
/** With these the query app promises to need no more than {@link MEMORY_MB}; see docs/operations.md. */
const BOUNDS = { NODE_OPTIONS: '--max-old-space-size=192', ANSWERS_IN_FLIGHT_BYTES: String(128 * MEGABYTE) };
const MEMORY_MB = 480;
/** The unlimited flood keeps the app silent for 15 s and more, however idle the machine is. */
const LIVE_WITHIN_MS = 4_000;

/** Opens connections that send requests without a JWT as fast as they can. @returns when the app has cut off all of them */
async function flood(url: URL, path: string): Promise<void> {
  const requests = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(2_000));
  const cutOff = () =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(url.port), url.hostname);
      atEnd('ending a flood', () => void socket.destroy());
      const send = () => socket.write(requests);
      socket
        .on('connect', send)
        .on('drain', send)
        .on('error', () => undefined);
      socket.on('close', () => resolve()).resume();
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, cutOff));
}

/** @returns the most memory that was seen, in MB, and how long the slowest answer to the liveness probe took, in ms */
async function probe(app: AppProcess, during: Promise<void>): Promise<{ memory: number; slowest: number }> {
  let [memory, slowest, isOver] = [0, 0, false];
  void during.then(() => (isOver = true));
  while (!isOver) {
    const since = performance.now();
    const live = await fetch(`${app.url}/health/live`, { signal: AbortSignal.timeout(LIVE_WITHIN_MS) });
    slowest = Math.max(slowest, performance.now() - since);
    expect([live.status, await live.text()]).toEqual([200, '{"status":"ok"}']);
    memory = Math.max(memory, (await app.metrics()).get('process_resident_memory_bytes')! / MEGABYTE);
  }
  return { memory, slowest };
}

async function attack(app: AppProcess, path: string): Promise<{ memory: number; slowest: number }> {
  const again = async () => {
    for (let i = 0; i < TIMES; i += 1) await flood(new URL(app.url), path);
  };
  return probe(app, again());
}

describe('connections that send requests without waiting for answers', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 5 })]);
  });

  test.each(['/v2/tokens', '/nothing'])('take neither memory nor time from the query app: %s', async (path) => {
    const query = await startQuery({ ...world.env, ...BOUNDS });
    const { memory, slowest } = await attack(query, path);
    expect(slowest).toBeLessThan(LIVE_WITHIN_MS);
    expect(memory).toBeLessThan(MEMORY_MB);
    expect((await httpList(query.url)).status).toBe(200);
  });

  test('take none from the projector', async () => {
    const projector = await startProjector({ ...world.env, ...BOUNDS });
    const { slowest } = await attack(projector, '/health/ready');
    expect(slowest).toBeLessThan(LIVE_WITHIN_MS);
  });

  test('are answered while they are few: 16 at a time, in order', async () => {
    const one = (limit: number) => `GET /v2/tokens?limit=${limit} HTTP/1.1\r\nhost: a\r\n`;
    const text = (count: number) => Array.from({ length: count - 1 }, (_, i) => `${one(i + 1)}\r\n`).join('');
    const ask = (count: number) => rawRequest(world.query.url, `${text(count)}${one(1)}connection: close\r\n\r\n`);
    expect((await ask(16)).body.match(/HTTP\/1\.1 403/g)).toHaveLength(15);
    expect((await ask(17)).status).toBeNaN();
  });

  test.each([
    ['/v2/tokens/changes', 'text/event-stream'],
    ['/v2/tokens', 'application/x-ndjson'],
  ])('do not wait behind an answer that may take for ever: %s as %s', async (path, mediaType) => {
    const head = `host: a\r\nauthorization: Bearer ${await signToken()}\r\n`;
    const endless = `GET ${path} HTTP/1.1\r\n${head}accept: ${mediaType}\r\n\r\n`;
    const list = `GET /v2/tokens?limit=1 HTTP/1.1\r\n${head}connection: close\r\n\r\n`;
    const refused = await rawRequest(world.query.url, endless + list);
    expect([refused.status, refused.body.match(/HTTP\/1\.1 200/g)]).toEqual([400, ['HTTP/1.1 200']]);
    expect(refused.body).toContain('must be the last of its connection');
  });

  test('end a stream of changes that they come behind', async () => {
    const { hostname, port } = new URL(world.query.url);
    const head = `host: a\r\nauthorization: Bearer ${await signToken()}\r\n`;
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    socket.write(`GET /v2/tokens/changes HTTP/1.1\r\n${head}accept: text/event-stream\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk: string) => (text += chunk)).on('error', () => undefined);
    await eventually('the first events', () => text.includes('event: complete'));
    socket.write(`GET /v2/tokens HTTP/1.1\r\n${head}\r\n`);
    await eventually('the connection to be closed', () => socket.destroyed);
    expect(text).not.toContain('HTTP/1.1 200 OK\r\ncontent-type: application/json');
    const waiters = async () => (await world.query.metrics()).get('query_change_waiters');
    await eventually('nobody to wait', async () => (await waiters()) === 0);
  });

  test('are waited for at the end; connections without a request are not', async () => {
    const query = await startQuery(world.env);
    const { hostname, port } = new URL(query.url);
    for (const text of ['', 'GET /v2/tokens HTTP/1.1\r\nhost: a']) {
      const socket = connect(Number(port), hostname, () => void (text && socket.write(text)));
      atEnd('ending an idle connection', () => void socket.destroy());
      await once(
        socket.on('error', () => undefined),
        'connect',
      );
    }
    const since = performance.now();
    await query.stop();
    // Otherwise the app would exit without having closed anything, after nine seconds.
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  test('may follow on an export once it has ended', async () => {
    const head = `host: a\r\nauthorization: Bearer ${await signToken()}\r\n`;
    const { hostname, port } = new URL(world.query.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    let text = '';
    socket.on('data', (chunk: string) => (text += chunk));
    for (let exports = 1; exports <= 20; exports += 1) {
      socket.write(`GET /v2/tokens HTTP/1.1\r\n${head}accept: text/csv\r\n\r\n`);
      await eventually(`${exports} exports`, () => text.match(/\r\n0\r\n\r\n/g)?.length === exports);
    }
    socket.destroy();
  });
});
