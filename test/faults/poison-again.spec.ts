import { Rebuilds } from '../rebuild/rebuilds.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish, publishRaw } from '../support/publish.js';
import { notReady } from './health.js';
import { RewindableNats } from './rewindable-nats.js';
import { startSystemOn } from './system-on.js';

/** The server has lost a message and handed its number out again, to another one that cannot be applied either. */
test('poison at a sequence where another message was parked gets a letter of its own, each of them once', async () => {
  const nats = await RewindableNats.start();
  const { database, stream, query, projector } = await startSystemOn({ nats: nats.server });
  const rebuilds = new Rebuilds({ database, stream });
  const back = () => eventually('our own connection to be back', () => stream.nats.rtt());
  /** The projector has noticed that the server was put back, and waits for an operator. */
  const halted = async () => {
    await notReady(projector, 'projector', /holds another message at 2/, 20_000);
    await back();
  };
  const letters = async () =>
    (
      await database.query<{ sequence: string; payload: Buffer }>(
        'select sequence, payload from dead_letter order by id',
      )
    ).map(({ sequence, payload }) => `${sequence} ${payload.toString()}`);

  await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created')));
  const before = await nats.keep();
  await back();
  await waitForPosition(query.url, await publishRaw(stream, 'the first'));
  const first = await nats.keep();
  await nats.putBack(before);
  await back();
  expect(await publishRaw(stream, 'the second')).toBe(2);
  const second = await nats.keep();
  await halted();
  expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
  expect(await letters()).toEqual(['2 the first', '2 the second']);

  // Read again, whichever of the two the stream holds, neither is parked again; a resolved one neither.
  await database.query(`update dead_letter set resolution = 'discarded', payload = '', headers = '[]'`);
  expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
  for (const copy of [first, second]) {
    await nats.putBack(copy);
    await halted();
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
  }
  expect(await letters()).toEqual(['2 ', '2 ']);
}, 90_000);
