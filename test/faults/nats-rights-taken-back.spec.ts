import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { textOf } from '../documents/project-files.js';
import { atEnd } from '../support/at-end.js';
import { natsRequest } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { startQuery } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { temporaryDirectory } from '../support/servers/temporary-directory.js';
import { notReady, ready } from './health.js';

const RIGHTS = textOf('deploy/nats-server.conf').replaceAll(/\$NATS_[A-Z_]+_PASSWORD/g, 'pw');

test('a right that is taken back under the connection shuts the door of NATS until it is given again', async () => {
  const directory = await temporaryDirectory('rights');
  atEnd('removing the configuration', () => directory.remove());
  const configFile = join(directory.path, 'rights.conf');
  const server = await startNats({ config: RIGHTS, configFile });
  atEnd('stopping nats-server', () => server.stop());
  const reload = async (rights: string) => {
    await writeFile(configFile, rights);
    await server.kill('SIGHUP');
  };
  const database = await createDatabase();
  const NATS_URL = server.url.replace('//', '//query:pw@');
  const query = await startQuery({ ...database.env, NATS_URL, NATS_INBOX_PREFIX: '_INBOX.query' });

  await reload(RIGHTS.replace('"tokens.list token-query"', ''));
  await notReady(query, 'requests', /refuses the subscription to tokens\.list token-query:/);
  await reload(RIGHTS);
  await ready(query);
  const login = { user: 'caller', pass: 'pw', inboxPrefix: '_INBOX.caller' };
  const caller = await connect({ servers: new URL(server.url).host, ...login });
  atEnd('closing the connection of the caller', () => caller.close());
  expect((await natsRequest(caller, 'tokens.list')).status).toBe(200);
});
