import { pino } from 'pino';
import { Registry } from 'prom-client';
import { ChangePulse, type Moment } from '../../apps/query/src/reading/change-pulse.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent, anErasure } from '../support/builders.js';
import { httpRequest, natsRequest, waitForPosition, type Reply } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import type { ChangesAnswer } from './mirror.js';
import { startWorld, type World } from './world.js';

describe('a caller that waits for a change', () => {
  let world: World;
  const of = (...customerIds: number[]) => signToken({ customerIds });

  beforeAll(async () => {
    world = await startWorld([1, 2, 3].map((id) => aTokenEvent('token.created', { id, customerId: id })));
  });

  async function ask(token: string, query = '', url = world.query.url): Promise<Reply> {
    return httpRequest(`${url}/v2/tokens/changes?${query}`, { token });
  }
  const afterOf = async (token: string, url?: string) => (await ask(token, '', url)).json<ChangesAnswer>().after;
  const waitOf = async (token: string, seconds: number, url?: string) =>
    ask(token, `wait=${seconds}&after=${await afterOf(token, url)}`, url);
  const idsOf = (reply: Reply) => reply.json<ChangesAnswer>().data.map(({ id, change }) => [id, change]);

  test('is answered when one of its tokens has changed, left it or was erased, and not by other customers', async () => {
    const [mine, others, both, everyone] = [await of(1), await of(3), await of(1, 2), await signToken()];
    const { stream } = world;
    const answered: string[] = [];
    const waiting = {
      mine: waitOf(mine, 20),
      others: waitOf(others, 2),
      both: waitOf(both, 20),
      everyone: waitOf(everyone, 20),
    };
    for (const [name, reply] of Object.entries(waiting)) void reply.then(() => answered.push(name));
    await waiters(4);
    expect(idsOf(await waiting.others)).toEqual([]);
    expect(answered).toEqual(['others']);
    await publish(stream, aTokenEvent('token.updated', { id: 1, version: 2, customerId: 2 }));
    expect(idsOf(await waiting.mine)).toEqual([[1, 'left']]);
    expect(idsOf(await waiting.both)).toEqual([[1, 'changed']]);
    expect(idsOf(await waiting.everyone)).toEqual([[1, 'changed']]);
    const after = await afterOf(mine);
    await publish(stream, anErasure({ id: 1, version: 3 }));
    expect(idsOf(await ask(mine, `wait=20&after=${after}`))).toEqual([[1, 'erased']]);
  });

  async function waiters(number: number, query = world.query): Promise<void> {
    const areThere = async () => (await query.metrics()).get('query_change_waiters') === number;
    await eventually(`${number} to wait`, areThere, { within: 25_000 });
  }

  test('waits over NATS in the same way', async () => {
    const { nats, prefix } = world.stream;
    const { after } = (await natsRequest(nats, `${prefix}.changes`, {})).json<ChangesAnswer>();
    const waiting = natsRequest(nats, `${prefix}.changes`, { after, wait: 9 });
    await publish(world.stream, aTokenEvent('token.updated', { id: 2, version: 2, customerId: 2 }));
    expect(idsOf(await waiting)).toEqual([[2, 'changed']]);
  });

  test('is told of a change that came out of the order of the stream', async () => {
    const token = await of(3);
    const waiting = waitOf(token, 20);
    await waiters(1);
    await world.database.query(`with late as (update generation set turns = turns + 1 returning position, turns)
      update token_updated_1 set position = late.position, turn = late.turns from late where id = 3`);
    expect(idsOf(await waiting)).toEqual([[3, 'changed']]);
  });

  test('gets what there is when its time is over, or when the process stops', async () => {
    const token = await of(4711);
    expect(idsOf(await waitOf(token, 1))).toEqual([]);
    const another = await startQuery(world.env);
    const waiting = Promise.all([waitOf(token, 30, another.url), waitOf(token, 30, another.url)]);
    await waiters(2, another);
    const stoppedAt = performance.now();
    const [, replies] = await Promise.all([another.stop(), waiting]);
    expect(performance.now() - stoppedAt).toBeLessThan(8_000);
    for (const reply of replies) expect([reply.status, idsOf(reply)]).toEqual([200, []]);
  });

  test('does not keep the others from the list, and its time is limited', async () => {
    const token = await of(4711);
    const after = await afterOf(token);
    const waiting = Array.from({ length: 200 }, () => ask(token, `wait=30&after=${after}`));
    await waiters(200);
    await waitForPosition(world.query.url, world.position);
    await publish(world.stream, aTokenEvent('token.created', { id: 9, customerId: 4711 }));
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
    expect((await ask(token, 'wait=31')).status).toBe(400);
  });
});

async function startPulse() {
  const { url, query } = await createDatabase();
  const pools = new ReadPools(url, pino({ level: 'silent' }));
  atEnd('closing the pools', () => pools.close());
  const [since] = await query<Moment>('select lineage, position::int, turns from generation');
  const gone = new AbortController();
  const until = performance.now() + 60_000;
  const wait = { customers: [1, 2], tenant: 'one', since: since!, until, gone: gone.signal };
  return { query, pulse: new ChangePulse(pools, new Registry()), wait, leave: () => gone.abort() };
}

test('one who reads from a replica behind the others does not come back without a pause', async () => {
  const { pulse, wait, leave } = await startPulse();
  const other = pulse.whenChanged(wait);
  let isOver = false;
  const behind = pulse.whenChanged({ ...wait, since: { ...wait.since, position: -1 } }).then(() => (isOver = true));
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  await behind;
  leave();
  expect(await other).toBeUndefined();
});

test('the customers of a tenant are looked at once, however many of its callers wait', async () => {
  const { query, pulse, wait, leave } = await startPulse();
  let looks = 0;
  wait.customers.some = () => (looks += 1) < 0;
  const waits = [1, 2, 3].map(() => pulse.whenChanged({ ...wait }));
  await query('update generation set turns = turns + 1');
  await eventually('a look', () => looks > 0);
  leave();
  await Promise.all(waits);
  expect(looks).toBe(1);
});
