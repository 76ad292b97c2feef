import { aTokenEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { TcpProxy } from './tcp-proxy.js';

const END = 'NATS/1.0 408 Request Timeout';
/** Of the same length, and of no meaning. */
const NOTHING = 'NATS/1.0 100 Idle Heartbeat ';

/** As nats-server 2.9 does it when a message arrives at that moment. */
test('a request for messages that ends without a word is noticed by its heartbeats, two a second, and messages go on', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const { NATS_URL: url } = stream.env;
  const proxy = await TcpProxy.before(url);
  let forgotten = 0;
  proxy.altered = (bytes) => {
    const text = bytes.toString('latin1');
    if (!text.includes(END)) return bytes;
    forgotten += 1;
    return Buffer.from(text.replaceAll(END, NOTHING), 'latin1');
  };
  let isAsked = false;
  const asking = proxy.holdBefore(/"idle_heartbeat":500000000/).then(() => (isAsked = true));
  const env = { ...database.env, ...stream.env };
  const [, query] = await Promise.all([startProjector({ ...env, NATS_URL: proxy.through(url) }), startQuery(env)]);
  await eventually('two heartbeats a second to be asked for', () => isAsked);
  await asking;
  proxy.set('open');
  await eventually('the end of a request to be forgotten', () => forgotten > 0);
  const sequence = await publish(stream, aTokenEvent('token.created'));
  await eventually('the event to be listed', async () => {
    const { headers } = await httpList(query.url, { limit: 1 });
    return Number(headers.get('x-read-position')) === sequence;
  });
});
