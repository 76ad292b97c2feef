import { headers as natsHeaders } from '@nats-io/transport-node';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, natsRequest } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startQuery } from '../support/processes.js';
import { publishRaw } from '../support/publish.js';
import { startNats } from '../support/servers/nats.js';
import { createStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';

const MANY = 100;
const LONG = 900_000;

describe('the log of the app', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  const letters = async () =>
    Number((await system.database.query<{ n: string }>('select count(*) as n from dead_letter'))[0]!.n);
  const parked = (more: number, before: number) =>
    eventually('all to be parked', async () => (await letters()) === before + more);

  test('is not filled by poison with very long texts', async () => {
    const { stream, projector } = system;
    const before = projector.output.length;
    const id = 'x'.repeat(LONG);
    for (let i = 0; i < 20; i += 1)
      await publishRaw(stream, JSON.stringify({ ...aTokenEvent('token.created', { id: 0 }), id }));
    await parked(20, 0);
    expect(projector.output.length - before).toBeLessThan(100_000);
  });

  test('is not filled by a steady flow of poison, however small its batches are', async () => {
    const { stream, projector } = system;
    const [before, parkedBefore] = [projector.logsWith('parked').length, await letters()];
    for (let i = 1; i <= MANY; i += 1) {
      await publishRaw(stream, 'no event');
      await parked(i, parkedBefore);
    }
    expect(projector.logsWith('parked').length - before).toBeLessThan(MANY * 0.9);
  });

  test('is not filled by answers that are too large even for an error', async () => {
    const server = await startNats({ config: 'max_payload: 512' });
    atEnd('stopping nats-server', () => server.stop());
    const [database, stream] = await Promise.all([createDatabase(), createStream({ server, create: false })]);
    const query = await startQuery({ ...database.env, ...stream.env });
    // Requests with an id that comes back in every answer.
    const headers = natsHeaders();
    headers.set('X-Request-Id', 'x'.repeat(128));
    const body = JSON.stringify({ pattern: 'x', data: { limit: 0 }, id: 'x'.repeat(64) });
    for (let i = 0; i < MANY; i += 1)
      stream.nats.publish(`${stream.prefix}.list`, body, { reply: '_INBOX.nobody.1', headers });
    // It is handled after all of them.
    expect((await natsRequest(stream.nats, `${stream.prefix}.list`)).status).toBe(200);
    const unsent = query.logsWith('an error answer could not be sent').length;
    expect(unsent).toBeGreaterThan(0);
    expect(unsent).toBeLessThan(MANY / 10);
  });

  test('is not filled by requests that are refused, on either door', async () => {
    const { stream, query } = system;
    const before = query.logs.length;
    for (let i = 0; i < MANY; i += 1) {
      await httpList(query.url, { limit: 0 });
      await httpList(query.url, {}, { token: null });
      await httpRequest(`${query.url}/v2/tokens/404`);
      await natsRequest(stream.nats, `${stream.prefix}.list`, '{"limit":0}');
      await natsRequest(stream.nats, `${stream.prefix}.list`, 'x'.repeat(20_000));
      await natsRequest(stream.nats, `${stream.prefix}.list`, '', { Authorization: 'Bearer x' });
    }
    const lines = query.logs.slice(before).filter(({ level }) => level >= 30);
    // Six kinds of refusals, each at once and then every ten seconds.
    expect(lines.length).toBeGreaterThanOrEqual(6);
    expect(lines.length).toBeLessThan(40);
    for (const line of lines) expect(line).toMatchObject({ requestId: expect.any(String) as string, level: 30 });
    const total = (status: number) => () =>
      query.logs
        .slice(before)
        .filter(({ level, statusCode }) => level === 30 && statusCode === status)
        .reduce((sum, line) => sum + Number(line['requests'] ?? 1), 0);
    await eventually('the sums', () => total(400)() === 2 * MANY && total(413)() === MANY, { within: 25_000 });
  });
});
