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
