import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { createStream } from '../support/stream.js';
import { healthOf, notReady } from './health.js';

const CONFIG = `authorization { users: [
  { user: app, password: pw, permissions: { subscribe: { deny: ["other.>"] } } }
] }`;

test('a login that may not listen to the requests is told in health, and shuts the door of NATS only', async () => {
  const server = await startNats({ config: CONFIG });
  atEnd('stopping nats-server', () => server.stop());
  const url = server.url.replace('//', '//app:pw@');
  const [database, stream] = await Promise.all([createDatabase(), createStream({ server: { url } })]);
  const env = { ...database.env, ...stream.env, NATS_SUBJECT_PREFIX: 'other' };
  const [query, projector] = await Promise.all([
    startQuery(env, { when: 'listening' }),
    startProjector(env, { when: 'listening' }),
  ]);
  await notReady(query, 'requests', /refuses the subscription to .*other\.list/);
  await eventually('the projector to say so and work', async () => {
    const { status, degraded } = await healthOf(projector, 'http');
    return status === 200 && /other\.rebuild/.test(degraded['requests'] ?? '');
  });
  await eventually('HTTP to be open', async () => (await healthOf(query, 'http')).status === 200);
});
