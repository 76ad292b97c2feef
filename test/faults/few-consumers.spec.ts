import type { StreamConfig } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { isNatsOlderThan } from '../support/servers/nats-version.js';
import { createStream } from '../support/stream.js';
import { letLeaseRunOut } from './lease.js';

/** More than the server keeps the consumer of a projector that was killed. */
const WITHIN_MS = 30_000;

const CONFIGS: [string, Partial<StreamConfig>][] = [['allows one consumer', { max_consumers: 1 }]];
if (!isNatsOlderThan(2, 10))
  CONFIGS.push(['keeps no consumer longer than 5 s', { consumer_limits: { inactive_threshold: 5e9 } }]);

test.each(CONFIGS)(
  'a stream that %s is read on after its projector was killed',
  async (_, config) => {
    const [database, stream] = await Promise.all([createDatabase(), createStream({ config })]);
    const env = { ...database.env, ...stream.env };
    const query = await startQuery(env);
    const killed = await startProjector(env);
    await waitForPosition(query.url, await publish(stream, aTokenEvent('token.created')));
    killed.kill('SIGKILL');
    await killed.exited;
    await letLeaseRunOut(database);
    const next = await startProjector(env, { when: 'listening' });
    const last = await publish(stream, aTokenEvent('token.created'));
    const isThere = async () =>
      Number((await httpList(query.url, { limit: 1 })).headers.get('x-read-position')) >= last;
    await eventually('it to be read', isThere, { within: WITHIN_MS, details: () => next.output.slice(-2_000) });
  },
  90_000,
);
