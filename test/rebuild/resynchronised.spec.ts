import { jetstreamManager } from '@nats-io/jetstream';
import { createInbox } from '@nats-io/transport-node';
import { metric } from '../faults/health.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { isRequestWaiting } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

const TOKENS = 300;

const tokens = (count: number) => Array.from({ length: count }, () => aTokenEvent('token.created'));

describe('a job whose projector is killed', () => {
  let system: System;
  let rebuilds: Rebuilds;

  async function start(settings = {}): Promise<void> {
    system = await startSystem(settings);
    rebuilds = new Rebuilds(system);
    await waitForPosition(system.query.url, await publish(system.stream, tokens(TOKENS)));
  }

  /** @returns what lets the next one go on */
  async function killWhileFilling(begin: () => Promise<unknown>): Promise<() => Promise<void>> {
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    await begin();
    await hold.reached;
    system.projector.kill('SIGKILL');
    await system.projector.exited;
    await letLeaseRunOut(system.database);
    return hold.release;
  }

  async function startLeading(): Promise<void> {
    const next = await startProjector(system.env, { when: 'listening' });
    await eventually('it to lead', async () => (await metric(next, 'projector_leader')) === 1);
  }

  /** Under the same name, with other tokens. */
  async function recreate(): Promise<void> {
    const { nats, name, prefix } = system.stream;
    const { streams } = await jetstreamManager(nats);
    await streams.delete(name);
    await streams.add({ name, subjects: [`${prefix}.events.>`] });
    await publish(system.stream, tokens(TOKENS - 50));
  }

  const count = async () => (await httpList(system.query.url, { limit: 1 })).json<{ count: number }>().count;

  test('in a rebuild that a changed stream began is gone on with by the next one, which ends it', async () => {
    await start({ ON_SOURCE_CHANGE: 'rebuild' });
    const release = await killWhileFilling(recreate);
    await release();
    await startProjector(system.env);
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done', kind: 'rebuild' });
    await eventually('the list of the new stream', async () => (await count()) === TOKENS - 50);
  });

  test('in a rebuild that a changed stream began can be cancelled under the next one', async () => {
    await start({ ON_SOURCE_CHANGE: 'rebuild' });
    const release = await killWhileFilling(recreate);
    await startLeading();
    const cancelling = rebuilds.ask('rebuild.cancel');
    // It waits behind the batch that is held, unless it comes before it.
    const isWaiting = eventually('the request to wait behind the batch', () => isRequestWaiting(system.database));
    await Promise.any([cancelling, isWaiting]);
    await release();
    await cancelling;
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'cancelled' });
    expect(await count()).toBe(TOKENS);
  });

  test('is gone on with by a projector that is asked for another one in the moment it begins to lead', async () => {
    await start();
    const release = await killWhileFilling(() => rebuilds.begin());
    await release();
    const { nats, prefix } = system.stream;
    const reply = createInbox();
    const asking = setInterval(() => nats.publish(`${prefix}.rebuild`, '{}', { reply }), 1);
    try {
      await startLeading();
    } finally {
      clearInterval(asking);
    }
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done' });
  });
});
