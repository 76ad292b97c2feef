import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';

test('a read model that begins on a stream whose messages are all gone has everything', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const last = await publish(stream, [
    aTokenEvent('token.created', { id: 1 }),
    aTokenEvent('token.created', { id: 2 }),
  ]);
  await (await jetstreamManager(stream.nats)).streams.purge(stream.name);
  const env = { ...database.env, ...stream.env };
  const [projector, query] = await Promise.all([
    startProjector(env, { when: 'listening' }),
    startQuery(env, { when: 'listening' }),
  ]);
  await eventually('no lag', async () => {
    const { headers } = await httpList(query.url);
    return Number(headers.get('x-read-lag-ms') ?? NaN) < 1_000 && headers.get('x-read-position') === '0';
  });
  await eventually('no lag to be counted', async () => (await projector.metrics()).get('projector_lag_events') === 0);
  await publish(stream, aTokenEvent('token.created', { id: 3 }));
  await waitForPosition(query.url, last + 1);
  expect((await httpList(query.url)).json()).toMatchObject({ count: 1 });
});
