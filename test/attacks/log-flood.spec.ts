import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publishRaw } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';

const MANY = 100;
const LONG = 900_000;

describe('the log of the app', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  test('is not filled by poison with very long texts', async () => {
    const { stream, projector } = system;
    const before = projector.output.length;
    const id = 'x'.repeat(LONG);
    for (let i = 0; i < 20; i += 1)
      await publishRaw(stream, JSON.stringify({ ...aTokenEvent('token.created', { id: 0 }), id }));
    await eventually('all to be parked', async () => {
      const [row] = await system.database.query<{ n: string }>('select count(*) as n from dead_letter');
      return Number(row!.n) === 20;
    });
    expect(projector.output.length - before).toBeLessThan(100_000);
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
