import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { createStream } from '../support/stream.js';
import { metric, notReady, ready } from './health.js';
import { TcpProxy } from './tcp-proxy.js';

describe('a login that NATS refuses when the connection is made again', () => {
  async function natsWithPassword(password: string): Promise<string> {
    const server = await startNats({ config: `authorization { user: app, password: ${password} }` });
    atEnd('stopping nats-server', () => server.stop());
    return server.url.replace('//', `//app:${password}@`);
  }

  test('is told in the log once, tried again, and taken once it is good', async () => {
    const [good, other] = await Promise.all([natsWithPassword('good'), natsWithPassword('other')]);
    const [database, stream] = await Promise.all([createDatabase(), createStream({ server: { url: good } })]);
    const proxy = await TcpProxy.before(good);
    const projector = await startProjector({ ...database.env, ...stream.env, NATS_URL: proxy.through(good) });

    const { attempts } = proxy;
    proxy.leadTo(other);
    proxy.set('refusing');
    proxy.set('open');
    await notReady(projector, 'nats', /is not connected/);
    await eventually('it to have tried several times', () => proxy.attempts >= attempts + 4);
    expect(projector.logsWith('NATS refuses the connection')).toMatchObject([
      { level: 50, err: { message: expect.stringMatching(/authorization violation/i) as string } },
    ]);

    proxy.leadTo(good);
    await ready(projector);
    expect(await metric(projector, 'projector_nats_reconnects')).toBe(1);
  });
});
