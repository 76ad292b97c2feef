import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeBlocks, sectionOf } from '../documents/markdown.js';
import { textOf } from '../documents/project-files.js';
import { atEnd } from '../support/at-end.js';
import { childEnvironment } from '../support/app-environment.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startNats } from '../support/servers/nats.js';
import { createStream, type TestStream } from '../support/stream.js';
import { Doors } from './doors.js';
import { expectNatsError, type ErrorBody } from './service-error.js';

const MAX_PAYLOAD = 65_536;
const TOKENS = 200;

describe('a page larger than a NATS message', () => {
  let query: AppProcess;
  let stream: TestStream;
  let doors: Doors;

  beforeAll(async () => {
    const server = await startNats({ config: `max_payload: ${MAX_PAYLOAD}\nmax_pending: 1MB` });
    atEnd('stopping nats-server', () => server.stop());
    const database = await createDatabase();
    stream = await createStream({ server });
    const env = { ...database.env, ...stream.env };
    query = (await Promise.all([startQuery(env), startProjector(env)]))[0];
    const many = Array.from({ length: TOKENS }, (_, i) =>
      aTokenEvent('token.created', { id: i + 1, customerId: 1, comment: 'ü'.repeat(100) }),
    );
    await waitForPosition(query.url, await publish(stream, many));
    doors = new Doors({ url: query.url, nats: stream.nats, prefix: stream.prefix });
  });

  const nest = async (data: object): Promise<{ readonly response?: unknown; readonly err?: ErrorBody }> => {
    const body = JSON.stringify({ pattern: `${stream.prefix}.list`, data, id: 'a' });
    return (await stream.nats.request(`${stream.prefix}.list`, body, { timeout: 5_000 })).json();
  };

  test('is a 413 that gives both sizes and says to lower the limit, and no trouble over HTTP', async () => {
    const overHttp = await doors.http('?customerId=1');
    const overNats = await doors.nats({ customerId: 1 });
    const message = expectNatsError(overNats, 413);
    for (const name of ['x-read-position', 'x-read-lag-ms']) expect(overNats.headers.get(name)).toMatch(/^\d+$/);
    expect(message).toMatch(/lower limit/);
    const [size, limit] = message.match(/\d+/g)!.map(Number);
    expect(limit).toBe(MAX_PAYLOAD);
    expect(overHttp.status).toBe(200);
    // The page and some headers.
    expect(size! - Buffer.byteLength(overHttp.body)).toBeGreaterThan(0);
    expect(size! - Buffer.byteLength(overHttp.body)).toBeLessThan(300);
  });

  test('is a 413 in the envelope of a Nest requester', async () => {
    const { err, response } = await nest({ customerId: 1 });
    expect(response).toBeUndefined();
    expect(err).toMatchObject({ statusCode: 413, error: 'Payload Too Large' });
    expect(err!.message).toMatch(/\d{5,}.*65536.*lower limit/);
  });

  test('is answered once the limit is lower', async () => {
    const page = await doors.list({ customerId: 1, limit: 80 });
    expect(page.json<{ data: unknown[]; count: number }>()).toMatchObject({ count: 200 });
    expect(page.json<{ data: unknown[] }>().data).toHaveLength(80);
    expect(await nest({ customerId: 1, limit: 80 })).toMatchObject({ response: { count: 200 } });
  });

  test('does not stop the mirror of docs/changes.md: it asks for a smaller page', async () => {
    const [recipe] = codeBlocks(sectionOf(textOf('docs/changes.md'), 'A live mirror over NATS'), 'js');
    const { natsUrl, prefix } = stream;
    const code = recipe!
      .replace("'tokens.changes'", `'${prefix}.changes'`)
      .replace('for (;;)', `while (tokens.size < ${TOKENS})`);
    const node = ['--input-type=module', '--eval', `${code}\nawait nats.close();\nconsole.log(tokens.size);`];
    const { stdout } = await promisify(execFile)(process.execPath, node, {
      timeout: 10_000,
      env: childEnvironment({ NATS_URL: natsUrl }),
    });
    expect(stdout).toBe(`${TOKENS}\n`);
  });

  /** Customers with sixteen tokens each, whose page has a size of its own. */
  const publishPages = async (letters: ReadonlyMap<number, number>): Promise<void> => {
    const events = [...letters].flatMap(([customerId, count]) =>
      Array.from({ length: 16 }, (_, i) => {
        const comment = 'x'.repeat(i === 0 ? count : 3_700);
        return aTokenEvent('token.created', { id: 1_000 + 16 * customerId + i, customerId, comment });
      }),
    );
    await waitForPosition(query.url, await publish(stream, events));
  };

  test('is told from one that fits, byte by byte: every request is answered', async () => {
    await publishPages(new Map([[99, 4_000]]));
    const overHttp = await doors.http('?customerId=99');
    // Its headers take some 150 bytes.
    const fitting = 4_000 - (Buffer.byteLength(overHttp.body) + 150 - MAX_PAYLOAD);
    // Nest's envelope takes some 40 bytes, so that its edge lies among these too.
    const customers = Array.from({ length: 90 }, (_, i) => 100 + i);
    await publishPages(new Map(customers.map((customerId, i) => [customerId, fitting - 60 + i])));

    const statuses: number[] = [];
    const wrapped: number[] = [];
    for (const customerId of customers) {
      const reply = await doors.nats({ customerId });
      if (reply.status === 200) expect(reply.body).toBe((await doors.http(`?customerId=${customerId}`)).body);
      else expectNatsError(reply, 413);
      statuses.push(reply.status);
      const { err, response } = await nest({ customerId });
      expect(response === undefined).toBe(err !== undefined);
      wrapped.push(err?.statusCode ?? 200);
    }
    for (const seen of [statuses, wrapped]) expect(new Set(seen)).toEqual(new Set([200, 413]));
  });
});
