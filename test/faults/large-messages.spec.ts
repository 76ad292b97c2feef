import { jetstreamManager } from '@nats-io/jetstream';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startNats } from '../support/servers/nats.js';
import type { System } from '../support/system.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { metric } from './health.js';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from './hold-locks.js';
import { startSystemOn } from './system-on.js';

const MESSAGES = 300;
const MESSAGE_BYTES = 100_000;
/** Of these, what the projector keeps ready at most: 16 MiB, and what was under way. */
const KEPT_READY = 16 * 1024 * 1024;

/** Thirty megabytes of messages, larger than anybody writes them. */
describe('many large messages', () => {
  /** The messages are there; no projector runs. */
  async function filledSystem(config: string): Promise<System> {
    const nats = await startNats({ config });
    atEnd('stopping nats-server', () => nats.stop());
    const system = await startSystemOn({ nats });
    await system.projector.stop();
    const padding = 'x'.repeat(MESSAGE_BYTES);
    const events = Array.from({ length: MESSAGES }, () => ({ ...aTokenEvent('token.created'), padding }));
    await publish(system.stream, events);
    return system;
  }

  test('are read without being cut off by a server that allows little under way', async () => {
    const system = await filledSystem('max_pending: 2MB');
    const projector = await startProjector(system.env);
    await waitForPosition(system.query.url, MESSAGES);
    expect(await metric(projector, 'projector_nats_reconnects')).toBe(0);
    expect((await httpList(system.query.url, { limit: 1 })).json()).toMatchObject({ count: MESSAGES });
  });

  test('wait in the stream, not in memory, while the database is slow', async () => {
    const system = await filledSystem('max_pending: 64MB');
    const { nats, name } = system.stream;
    const { consumers } = await jetstreamManager(nats);
    const release = await holdLocks(system.database, STALL_BATCHES);
    await startProjector(system.env);
    await batchWaitsForLock(system.database);
    let delivered = 0;
    const hasStopped = async () => {
      const before = delivered;
      delivered = (await consumers.list(name).next())[0]!.delivered.stream_seq;
      return delivered > 1 && delivered === before;
    };
    await eventually('reading ahead to have come to a stop', hasStopped, { every: 500 });
    expect(delivered * MESSAGE_BYTES).toBeLessThan(1.5 * KEPT_READY);
    await release();
    await waitForPosition(system.query.url, MESSAGES);
    await expectReadModelOfStream(system);
  });
});
