import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { expectError } from './service-error.js';
import { startWorld, type World } from './world.js';

const KILOBYTE = 1_024;
const MOST = 256 * KILOBYTE;
/** The least that the settings allow. */
const SMALL_MEMORY = { ANSWER_MAX_BYTES: String(64 * KILOBYTE), ANSWERS_IN_FLIGHT_BYTES: String(4 * MOST) };

describe('the body of a request', () => {
  let world: World;
  let small: AppProcess;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 5 })]);
    small = await startQuery({ ...world.env, ...SMALL_MEMORY });
    atEnd('closing the senders', () => agent.destroy());
  });

  const begin = (app: AppProcess, headers: Readonly<Record<string, string | number>>): ClientRequest =>
    request(`${app.url}/v2/tokens/resolve`, { method: 'POST', agent, headers }).on('error', () => undefined);
  const answerTo = async (sender: ClientRequest) => {
    const [reply] = (await once(sender, 'response', { signal: AbortSignal.timeout(5_000) })) as [IncomingMessage];
    let body = '';
    for await (const chunk of reply.setEncoding('utf8')) body += String(chunk);
    const { message } = JSON.parse(body) as { readonly message?: string };
    return { status: reply.statusCode, headers: reply.headers, told: `${reply.statusCode}: ${message}` };
  };
  /** Sends all of a body but its last byte. */
  const keepBack = (app: AppProcess, headers: Readonly<Record<string, string | number>>, bytes = MOST) => {
    const sender = begin(app, { 'content-type': 'application/json', 'content-length': bytes, ...headers });
    sender.write(' '.repeat(bytes - 1));
    return sender;
  };
  const authorization = async () => `Bearer ${await signToken()}`;

  test.each([
    ['without a JWT', {}],
    ['with a wrong one', { authorization: 'Bearer a.b.c' }],
    ['whatever its length', { 'content-length': 8 * MOST }],
    ['whatever its type', { 'content-type': 'text/plain' }],
  ])('is not waited for %s', async (_, headers) => {
    const sender = keepBack(world.query, headers);
    expect((await answerTo(sender)).status).toBe(403);
    sender.destroy();
  });

  test('has at most 256 KB, whether it says its length or not', async () => {
    const headers = { authorization: await authorization(), 'content-type': 'application/json' };
    const url = `${world.query.url}/v2/tokens/resolve`;
    const body = '{"uids":["a"]}'.padEnd(MOST);
    expect((await httpRequest(url, { method: 'POST', headers, body })).status).toBe(200);
    const tooLong = expectError(await httpRequest(url, { method: 'POST', headers, body: `${body} ` }), 413);
    expect(tooLong).toMatch(/262145 bytes.*at most 262144/);
    const inChunks = begin(world.query, headers);
    inChunks.end(`${body} `);
    expect((await answerTo(inChunks)).told).toMatch(/^413: .*at most 262144/);
  });

  test.each(['text/plain', 'application/jsonp', 'nonsense', ''])(
    'is a 415 that names the type wanted where it is of the type "%s"',
    async (type) => {
      const sender = begin(world.query, { authorization: await authorization(), 'content-type': type });
      sender.end('{"uids":["a"]}');
      expect((await answerTo(sender)).told).toMatch(/^415: .*application\/json/);
    },
  );

  test('takes memory for what it has, not for what it might have had, once it is there', async () => {
    const least = { ANSWER_MAX_BYTES: String(3 * 64 * KILOBYTE), ANSWERS_IN_FLIGHT_BYTES: String(3 * MOST) };
    const smaller = await startQuery({ ...world.env, ...least });
    const token = await signToken({ customerIds: [1] });
    const inChunks = begin(smaller, { authorization: `Bearer ${token}`, 'content-type': 'application/json' });
    inChunks.write('{"uids":');
    inChunks.end('["a"]}');
    expect((await answerTo(inChunks)).status).toBe(200);
  });

  test('takes memory of the answers while it arrives, and leaves some for small answers', async () => {
    const headers = { authorization: await authorization() };
    const held = async () => (await small.metrics()).get('query_answer_bytes');
    const one = keepBack(small, headers);
    await eventually('the first to be read', async () => (await held()) === 2 * MOST);
    const other = await answerTo(keepBack(small, headers));
    expect([other.status, other.headers['retry-after']]).toEqual([503, '2']);
    expect((await httpList(small.url, { limit: 1 })).status).toBe(200);
    one.end(' ');
    // Spaces are no JSON.
    expect((await answerTo(one)).status).toBe(400);
    const left = keepBack(small, headers);
    await eventually('another to be read', async () => (await held()) === 2 * MOST);
    left.destroy();
    await eventually('the memory to be free', async () => (await held()) === 0);
  });
});
