import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { temporaryDirectory } from '../support/servers/temporary-directory.js';
import { notReady, ready } from './health.js';

type Login = ReturnType<typeof nkeys.createUser>;

const block = (kind: string, text: string) => `-----BEGIN ${kind}-----\n${text}\n------END ${kind}------\n`;
/** A server without accounts of its own looks at the seed only. */
const credentialsOf = (login: Login) =>
  `${block('NATS USER JWT', 'eyJ0.eyJq.c2ln')}\n${block('USER NKEY SEED', new TextDecoder().decode(login.getSeed()))}`;
const serverFor = (login: Login) => `authorization { users = [{ nkey: ${login.getPublicKey()} }] }`;

test('credentials that are renewed on disk are used at the next connection, without a restart', async () => {
  const directory = await temporaryDirectory('credentials');
  atEnd('removing the credentials', () => directory.remove());
  const [configFile, NATS_CREDS] = ['nats.conf', 'app.creds'].map((name) => join(directory.path, name)) as [
    string,
    string,
  ];
  const [old, renewed] = [nkeys.createUser(), nkeys.createUser()];
  const server = await startNats({ config: serverFor(old), configFile });
  atEnd('stopping nats-server', () => server.stop());
  await writeFile(NATS_CREDS, credentialsOf(old));
  const database = await createDatabase();
  const env = { ...database.env, NATS_URL: server.url, NATS_CREDS };
  const apps: AppProcess[] = await Promise.all([startProjector(env), startQuery(env)]);

  // Half a file is no reason to give up: its writer comes to an end.
  await writeFile(NATS_CREDS, credentialsOf(renewed).slice(0, 60));
  await writeFile(configFile, serverFor(renewed));
  await server.kill('SIGTERM');
  await server.restart();
  await Promise.all(apps.map((app) => notReady(app, 'nats', /the server refuses the login/)));
  await writeFile(NATS_CREDS, credentialsOf(renewed));
  await Promise.all(apps.map((app) => ready(app)));
});
