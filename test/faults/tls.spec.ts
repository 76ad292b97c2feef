import { httpList, natsRequest } from '../support/clients.js';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { startPostgres } from '../support/servers/postgres.js';
import { tlsFiles, type TlsFiles } from '../support/servers/tls-files.js';
import { createStream, type TestStream } from '../support/stream.js';
import { notReady } from './health.js';

describe('a database over TLS', () => {
  let files: TlsFiles;
  let database: TestDatabase;
  let stream: TestStream;

  beforeAll(async () => {
    files = await tlsFiles();
    const settings = { ssl: 'on', ssl_cert_file: files.certificate, ssl_key_file: files.key };
    const server = await startPostgres({ settings });
    atEnd('stopping PostgreSQL', () => server.stop());
    [database, stream] = await Promise.all([createDatabase(server), createStream()]);
  });

  const expectAway = async (query: AppProcess) => {
    const [http, nats] = await Promise.all([httpList(query.url), natsRequest(stream.nats, `${stream.prefix}.list`)]);
    expect([http.status, nats.status]).toEqual([503, 503]);
    expect(http.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  };

  test('is read by both apps where its certificate is known', async () => {
    const env = { ...stream.env, DATABASE_URL: `${database.url}?sslmode=verify-full&sslrootcert=${files.certificate}` };
    const [projector, query] = await Promise.all([startProjector(env), startQuery(env)]);
    expect((await httpList(query.url)).status).toBe(200);
    await Promise.all([projector.stop(), query.stop()]);
  });

  test.each([
    ['its certificate is not', () => database.url, /not reachable \(TLS: DEPTH_ZERO_SELF_SIGNED_CERT\)/],
    [
      'it speaks none',
      async () => (await createDatabase()).url,
      /not reachable \(TLS: The server does not support SSL/,
    ],
  ])('is away where %s, and everybody is told why', async (_, urlOf, reason) => {
    const env = { ...stream.env, DATABASE_URL: `${await urlOf()}?sslmode=verify-full` };
    const query = await startQuery(env, { when: 'listening' });
    await notReady(query, 'database', reason);
    await expectAway(query);
    expect((await runTokenctl(['dead-letters', 'list'], env)).output).toMatch(
      /is not reachable \(.*(?:certificate|SSL)/,
    );
    await query.stop();
  });
});
