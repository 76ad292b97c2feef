import { connect } from '@nats-io/transport-node';
import { textOf } from '../documents/project-files.js';
import { atEnd } from '../support/at-end.js';
import { httpRequest, natsRequest } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startQuery } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { TcpProxy } from './tcp-proxy.js';

describe('a login that has no right to a request subject', () => {
  async function natsWith(change: (rights: string) => string): Promise<string> {
    const config = change(textOf('deploy/nats-server.conf').replaceAll(/\$NATS_[A-Z_]+_PASSWORD/g, 'pw'));
    const server = await startNats({ config });
    atEnd('stopping nats-server', () => server.stop());
    return server.url;
  }

  test('keeps the door for them from being ready, until it is given', async () => {
    const [without, whole] = await Promise.all([
      natsWith((rights) => rights.replace('"tokens.get token-query"', '')),
      natsWith((rights) => rights),
    ]);
    const proxy = await TcpProxy.before(without);
    const database = await createDatabase();
    const url = proxy.through(without).replace('//', '//query:pw@');
    const query = await startQuery(
      { ...database.env, NATS_URL: url, NATS_INBOX_PREFIX: '_INBOX.query' },
      { when: 'listening' },
    );
    const ready = (path: string) => httpRequest(`${query.url}/health/ready${path}`, { token: null });
    const refusal = /refuses the subscription to tokens\.get token-query:/;
    await eventually('the reason', async () => refusal.test((await ready('/nats')).body));
    await eventually('the other door to be ready', async () => (await ready('')).status === 200);
    expect((await ready('/nats')).status).toBe(503);

    proxy.leadTo(whole);
    proxy.set('refusing');
    proxy.set('open');
    await eventually('it to be ready', async () => (await ready('/nats')).status === 200);
    const login = { user: 'caller', pass: 'pw', inboxPrefix: '_INBOX.caller' };
    const caller = await connect({ servers: new URL(whole).host, ...login });
    atEnd('closing the connection of the caller', () => caller.close());
    expect((await natsRequest(caller, 'tokens.get', '{"id":1}')).status).toBe(404);
    expect(query.logsWith('NATS refused a subscription')).toHaveLength(1);
  });
});
