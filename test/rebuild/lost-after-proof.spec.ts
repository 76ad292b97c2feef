import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish } from '../support/publish.js';
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
