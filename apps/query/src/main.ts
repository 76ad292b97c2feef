import 'reflect-metadata';
import { createHttpApp } from '#service-runtime/http/http-app.js';
import type { Logger } from '#service-runtime/logger.js';
import { MetricsServer } from '#service-runtime/http/metrics-server.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { ReplyGuard } from '#service-runtime/nats-requests/reply-guard.js';
import { NatsRequestServer } from '#service-runtime/nats-requests/nats-request-server.js';
import { Readiness } from '#service-runtime/readiness.js';
import { runService, type RunningService } from '#service-runtime/run-service.js';
import { VERSION } from '#service-runtime/version.js';
import { AppModule } from './app.module.js';
import { serveApiPage } from './http/api-page.js';
import { QueryMetrics } from './query-metrics.js';
import { DatabaseWatch } from './reading/database-watch.js';
import { closeReadPools, createReadPools } from './reading/read-pools.js';
import { readQuerySettings, type QuerySettings } from './settings.js';

const MAX_BODY_BYTES = 16_384;

async function start(settings: QuerySettings, logger: Logger): Promise<RunningService> {
  const pools = createReadPools(settings.databaseUrl, logger, settings.answersInFlightBytes);
  const link = new NatsLink('token-query', settings.nats, logger);
  const database = new DatabaseWatch(pools.prepared, logger);
  const readiness = new Readiness();
  // HTTP requests are answered without NATS: its absence must not take this process out of the load balancer.
  readiness.add('nats', () => link.problem, 'nats');
  readiness.add('database', () => database.problem);

  const { registry } = new QueryMetrics(pools);
  const app = await createHttpApp(AppModule.with(settings, { pools, readiness, registry, link }), logger);
  serveApiPage(app, VERSION);
  const requests = new NatsRequestServer(
    link,
    {
      service: { name: 'tokens', version: VERSION, description: 'Lists of charging tokens' },
      subjectPrefix: settings.subjectPrefix,
      maxBodyBytes: MAX_BODY_BYTES,
      queueGroup: 'token-query',
    },
    new ReplyGuard(settings.replies, registry, logger),
    logger,
  );
  readiness.add('requests', () => requests.problem, 'nats');
  app.connectMicroservice({ strategy: requests }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  const metrics = await MetricsServer.start(registry, settings.metricsPort, settings.httpHost, logger);
  await app.listen(settings.httpPort, settings.httpHost);
  logger.info({ url: await app.getUrl() }, 'listening');

  return {
    async stop() {
      readiness.stop();
      database.stop();
      await requests.close();
      await app.close();
      await metrics?.close();
      await link.close();
      await closeReadPools(pools);
    },
  };
}

await runService('query', readQuerySettings, start);
