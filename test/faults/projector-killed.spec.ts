import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { startSystem } from '../support/system.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { leaseEpoch, letLeaseRunOut } from './lease.js';
import { Reader } from './reader.js';
import { seenInTransaction } from './seen-in-transaction.js';
import { Traffic } from './traffic.js';
import { shortOrLong } from '../support/test-length.js';

const KILLS = shortOrLong(6, 20);

describe('a projector that is killed again and again', () => {
  test(`after ${KILLS} times SIGKILL in mid-batch every event has had its effect, once`, async () => {
    const system = await startSystem();
    const { database, stream, query } = system;
    const traffic = new Traffic(stream);
    const reader = new Reader(query.url);
    let projector = system.projector;
    let position = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const moved = async () => {
        const now = (await projector.metrics()).get('projector_position')!;
        return now > position && now;
      };
      position = await eventually('the projector to apply something', moved, { details: () => projector.output });
      // Half of them where the transaction must be lost, half anywhere.
      if (kill % 2 === 0) await seenInTransaction(database);
      else await sleep(randomInt(100));
      projector.kill('SIGKILL');
      await projector.exited;
      await letLeaseRunOut(database);
      projector = await startProjector(system.env);
    }
    await traffic.stop();
    await reader.stop();

    await expectReadModelOfStream(system, traffic.acknowledged);
    expect(reader.stepsBack).toEqual([]);
    expect([...reader.statuses.keys()]).toEqual([200]);
    // Every start has taken the lease again, which is how an operator sees it.
    expect(await leaseEpoch(database)).toBe(KILLS + 1);
    expect((await projector.metrics()).get('projector_lease_epoch')).toBe(KILLS + 1);
  }, 180_000);
});
