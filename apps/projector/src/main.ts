import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createPool } from '#read-model/pool.js';
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
import { Housekeeper } from './operate/housekeeper.js';
import { Jobs } from './operate/jobs.js';
import { Resynchronisation } from './operate/resynchronisation.js';
import { SchemaChange } from './operate/schema-change.js';
import { ProjectorMetrics } from './projector-metrics.js';
import { ProjectorState } from './projector-state.js';
import { Projector } from './projector.js';
import { readProjectorSettings, type ProjectorSettings } from './settings.js';
import { Watchman } from './watch/watchman.js';

/** 1,000 ids of dead letters take up to 22 KB. */
const MAX_BODY_BYTES = 65_536;

async function start(settings: ProjectorSettings, logger: Logger): Promise<RunningService> {
  const link = new NatsLink('token-projector', settings.nats, logger);
  const metrics = new ProjectorMetrics(() => link.reconnects);
  const state = new ProjectorState();
  const holder = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  const projector = new Projector(settings, holder, link, state, metrics, logger);
  const pool = createPool(
    settings.databaseUrl,
    { applicationName: 'token-projector-watch', connections: 2, statementTimeoutMs: 5_000, acquireTimeoutMs: 2_000 },
    (error) => logger.debug({ err: error }, 'a database connection was lost'),
  );
  const leading = () => projector.leading;
  const jobs = new Jobs(leading, pool, link, settings, metrics, logger);
  const resynchronisation = new Resynchronisation(jobs, pool, link, settings, logger);
  if (settings.onSourceChange === 'rebuild') projector.onHalted = (change) => resynchronisation.react(change);
  projector.onLeading = (begun) => jobs.resume(begun);
  projector.isWorking = () => jobs.current !== undefined;
  const schemaChange = new SchemaChange(pool, link, settings, logger, (progress) => jobs.show(progress));
  if (settings.rebuildOnSchemaChange) projector.onOlderSchema = () => schemaChange.prepare();
  const housekeeper = new Housekeeper(leading, settings, logger);
  const watchman = new Watchman(pool, link, leading, metrics, logger);
  const readiness = new Readiness();
  readiness.add('nats', () => link.problem);
  readiness.add('projector', () => state.problem);
  readiness.tell('job', () => jobs.waitsFor);

  const app = await createHttpApp(
    AppModule.with({
      registry: metrics.registry,
      readiness,
      projector,
      jobs,
      housekeeper,
      hasMetrics: settings.metricsPort === undefined,
    }),
    logger,
  );
  const requests = new NatsRequestServer(
    link,
    {
      service: { name: 'token-projector', version: VERSION, description: 'Keeps the token read model' },
      subjectPrefix: settings.subjectPrefix,
      maxBodyBytes: MAX_BODY_BYTES,
      isActive: () => projector.leading !== undefined || schemaChange.isInCharge,
    },
    new ReplyGuard(settings.replies, metrics.registry, logger),
    logger,
  );
  // It projects all the same; only operators do not reach it.
  readiness.tell('requests', () => requests.problem);
  app.connectMicroservice({ strategy: requests }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  const { metricsPort, httpHost } = settings;
  const metricsServer = await MetricsServer.start(metrics.registry, metricsPort, httpHost, logger);
  await app.listen(settings.httpPort, settings.httpHost);
  logger.info({ url: await app.getUrl(), holder }, 'listening');
  projector.start();
  return {
    async stop() {
      readiness.stop();
      await requests.close();
      await projector.stop();
      await housekeeper.stop();
      await watchman.stop();
      await app.close();
      await metricsServer?.close();
      await link.close();
    },
  };
}

await runService('projector', readProjectorSettings, start);
