import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { isNatsOlderThan } from '../support/servers/nats-version.js';
import { createStream } from '../support/stream.js';

const SECOND = 1e9;
const since211 = isNatsOlderThan(2, 11) ? test.skip : test;

since211('messages that the server stores when those of a subject expire are no dead letters', async () => {
  const config = {
    max_age: SECOND,
    duplicate_window: SECOND,
    allow_msg_ttl: true,
    subject_delete_marker_ttl: 60 * SECOND,
    allow_rollup_hdrs: true,
  };
  const [database, stream] = await Promise.all([createDatabase(), createStream({ config })]);
  const env = { ...database.env, ...stream.env };
  const [projector, query] = await Promise.all([startProjector(env), startQuery(env)]);
  const ids = Array.from({ length: 20 }, (_, i) => i + 1);
  await publish(
    stream,
    ids.map((id) => aTokenEvent('token.created', { id })),
  );
  await waitForPosition(query.url, 2 * ids.length);
  expect(await database.query('select reason from dead_letter')).toEqual([]);
  expect(projector.logsWith('halted')).toEqual([]);
  expect((await projector.metrics()).get('projector_events_total{type="unknown",outcome="skipped"}')).toBe(ids.length);
});

test('an empty message with the header of such a message is none either; one with contents is', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const env = { ...database.env, ...stream.env };
  const [, query] = await Promise.all([startProjector(env), startQuery(env)]);
  const headers = { 'Nats-Marker-Reason': 'MaxAge' };
  await publishRaw(stream, '', { headers });
  await waitForPosition(query.url, await publishRaw(stream, 'no event', { headers }));
  expect(await database.query('select sequence from dead_letter')).toEqual([{ sequence: '2' }]);
});
