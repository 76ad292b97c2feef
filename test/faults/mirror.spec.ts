import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';

/** A mirror hears of its origin each second. */
const FRESH_MS = 2_000;

/** A region of its own reads from a mirror. */
test('answers made from a mirror grow old while the mirror hears nothing of its origin', async () => {
  const origin = await createStream();
  const mirror = await createStream({ config: { mirror: { name: origin.name }, subjects: [] } });
  const database = await createDatabase();
  const env = { ...database.env, ...mirror.env };
  const [, query] = await Promise.all([startProjector(env), startQuery(env)]);
  const lag = async () => Number((await httpList(query.url)).headers.get('x-read-lag-ms'));
  await waitForPosition(query.url, await publish(origin, aTokenEvent('token.created')));
  await eventually('the list to be fresh', async () => (await lag()) < FRESH_MS);
  await (await jetstreamManager(origin.nats)).streams.delete(origin.name);
  await eventually('the list to grow old', async () => (await lag()) > 2 * FRESH_MS);
});

test('a mirror that lacks what its origin had removed says which limit to set, and is read on once that is set', async () => {
  const origin = await createStream({ config: { max_msgs_per_subject: 1 } });
  const versions = [1, 2, 3].map((version) => aTokenEvent('token.updated', { id: 1, version }));
  const head = await publish(origin, [versions[0]!, aTokenEvent('token.created', { id: 2 }), ...versions.slice(1)]);
  const config = { mirror: { name: origin.name }, subjects: [] };
  const mirror = await createStream({ config });
  const database = await createDatabase();
  const env = { ...database.env, ...mirror.env };
  const [projector, query] = await Promise.all([startProjector(env, { when: 'listening' }), startQuery(env)]);
  const told = await eventually('it to halt', () => projector.logsWith('halted')[0]?.msg);
  expect(told).toContain('set the same max_msgs_per_subject on the mirror');
  await (await jetstreamManager(mirror.nats)).streams.update(mirror.name, { ...config, max_msgs_per_subject: 1 });
  await waitForPosition(query.url, head);
  expect((await httpList(query.url)).json()).toMatchObject({ count: 2 });
});
