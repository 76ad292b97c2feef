import 'reflect-metadata';
import { createPool } from '#read-model/pool.js';
import { createHttpApp } from '#service-runtime/http/http-app.js';
import type { Logger } from '#service-runtime/logger.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { NatsRequestServer } from '#service-runtime/nats-requests/nats-request-server.js';
import { Readiness } from '#service-runtime/readiness.js';
import { runService, type RunningService } from '#service-runtime/run-service.js';
import { VERSION } from '#service-runtime/version.js';
import { AppModule } from './app.module.js';
import { serveApiPage } from './http/api-page.js';
import { DatabaseWatch } from './reading/database-watch.js';
import { readQuerySettings, type QuerySettings } from './settings.js';

/** Every page is a handful of index ranges: neither compiling plans nor parallel workers pay for themselves. */
const SESSION_SQL = 'set jit = off; set max_parallel_workers_per_gather = 0';

async function start(settings: QuerySettings, logger: Logger): Promise<RunningService> {
  const pool = createPool(
    settings.databaseUrl,
    {
      applicationName: 'token-query',
      connections: 10,
      statementTimeoutMs: 5_000,
      acquireTimeoutMs: 2_000,
      sessionSql: SESSION_SQL,
    },
    (error) => logger.warn({ err: error }, 'a database connection was lost'),
  );
  const link = new NatsLink('token-query', settings.nats, logger);
  const database = new DatabaseWatch(pool);
  const readiness = new Readiness();
  readiness.add('nats', () => (link.isUp ? undefined : 'is not connected'));
  readiness.add('database', () => database.problem);

  const app = await createHttpApp(AppModule.with(settings, pool, readiness), logger);
  serveApiPage(app, VERSION);
  const requests = new NatsRequestServer(
    link,
    {
      service: { name: 'tokens', version: VERSION, description: 'Lists of charging tokens' },
      subjectPrefix: settings.subjectPrefix,
      queueGroup: 'token-query',
    },
    logger,
  );
  app.connectMicroservice({ strategy: requests }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(settings.httpPort, settings.httpHost);
  logger.info({ url: await app.getUrl() }, 'listening');

  return {
    async stop() {
      readiness.stop();
      database.stop();
      await requests.close();
      await app.close();
      await link.close();
      await pool.end();
    },
  };
}

await runService('query', readQuerySettings, start);
