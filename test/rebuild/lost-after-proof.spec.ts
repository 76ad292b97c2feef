import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish, publishRaw } from '../support/publish.js';
import { startSystem } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

/** More than a reader holds in its memory. */
const MANY = 4_000;

test.each([
  ['without a limit', -1],
  // There a lost message looks like one that a newer message has replaced.
  ['with a limit per subject', 1],
])(
  'a rebuild whose stream (%s) loses messages that came during the proof, before it has read them, is not switched',
  async (_, limit) => {
    const system = await startSystem({ DATABASE_MAX_BYTES: 'unlimited' });
    const { stream, query } = system;
    const rebuilds = new Rebuilds(system);
    const { streams } = await jetstreamManager(stream.nats);
    await streams.update(stream.name, { max_msgs_per_subject: limit });
    const created = (count: number) => Array.from({ length: count }, () => aTokenEvent('token.created'));
    await waitForPosition(query.url, await publish(stream, created(100)));
    const hold = await (await HoldPoints.open(system.database)).inProof(2);
    const generation = await rebuilds.begin();
    await hold.reached;
    const last = await publish(stream, created(MANY));
    await waitForPosition(query.url, last);
    await streams.purge(stream.name, { seq: last + 1 });
    await waitForPosition(query.url, await publish(stream, created(1)));
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'failed' });
    expect(await rebuilds.generations()).toMatchObject({ 1: 'live' });
    expect((await httpList(query.url, { limit: 1 })).json<{ count: number }>().count).toBe(100 + MANY + 1);
  },
);

test('a rebuild whose stream loses what it has to read after every proof fails after the third', async () => {
  const system = await startSystem({ DATABASE_MAX_BYTES: 'unlimited' });
  const { stream, query } = system;
  const rebuilds = new Rebuilds(system);
  const { streams } = await jetstreamManager(stream.nats);
  await streams.update(stream.name, { max_msgs_per_subject: 1 });
  const points = await HoldPoints.open(system.database);
  let version = 0;
  /** Only the live generation reads the first of the two, which may be of another token than the second. */
  const loseOne = async () => {
    const fill = Array.from({ length: MANY }, () => aTokenEvent('token.created'));
    await publish(stream, fill);
    for (const id of [1, 1]) {
      const event = aTokenEvent('token.updated', { id, version: (version += 1) });
      await waitForPosition(query.url, await publishRaw(stream, JSON.stringify(event), { subject: 'shared' }));
    }
  };
  await loseOne();
  let hold = await points.inProof(2);
  const generation = await rebuilds.begin();
  for (const proof of [1, 2, 3]) {
    await hold.reached;
    await loseOne();
    await hold.release();
    if (proof < 3) hold = await points.inProof(2);
  }
  const { state, message } = await rebuilds.ended(generation);
  expect({ state, message }).toEqual({
    state: 'failed',
    message: expect.stringMatching(/^not switched: after each of 3 proofs messages were missing; .*subject/) as string,
  });
  expect(await rebuilds.generations()).toMatchObject({ 1: 'live' });
}, 90_000);
