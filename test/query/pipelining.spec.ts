import { connect } from 'node:net';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
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
});
