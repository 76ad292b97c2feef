import type { Client } from 'pg';
import type { Projection } from '../projection.js';
import { Leadership } from './leadership.js';

const lease = { projection: 'things', holder: 'a', epoch: '1' };
const position = { generation: 1, stream: null, streamCreated: null, sequence: 0, fingerprint: null };

test('what waits for its turn when leading ends, or comes later, is refused as something to ask for again', async () => {
  const leading = new Leadership({} as Projection, {} as Client, lease, position, 1_000);
  const waiting = leading.betweenBatches(() => Promise.resolve('done')).catch((error: unknown) => error);
  await leading.end();
  expect(await waiting).toMatchObject({ statusCode: 503 });
  await expect(leading.betweenBatches(() => Promise.resolve('done'))).rejects.toMatchObject({ statusCode: 503 });
});

test('what waits behind a switch runs only after the loop has learnt what the new generation is', async () => {
  const leading = new Leadership({} as Projection, {} as Client, lease, position, 1_000);
  const switching = leading.betweenBatches((now) => Promise.resolve((now.position = { ...position, generation: 2 })));
  const behind = leading.betweenBatches((now) => Promise.resolve(now.isOtherSchema));
  await leading.runTasks();
  await switching;
  leading.isOtherSchema = true;
  await leading.runTasks();
  expect(await behind).toBe(true);
});

test('what is handed in because of work just done is done before the next batch', async () => {
  const leading = new Leadership({} as Projection, {} as Client, lease, position, 1_000);
  const done: string[] = [];
  const part = (name: string) => leading.betweenBatches(() => Promise.resolve(void done.push(name)));
  const order = part('first').then(async () => {
    // An order comes through a few functions.
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
    await part('second');
  });
  await leading.runTasks();
  done.push('batch');
  await leading.runTasks();
  await order;
  expect(done).toEqual(['first', 'second', 'batch']);
});
