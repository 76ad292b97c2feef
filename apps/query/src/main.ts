import 'reflect-metadata';
import { createHttpApp } from '#service-runtime/http/http-app.js';
import type { Logger } from '#service-runtime/logger.js';
import { NatsRequestServer } from '#service-runtime/nats-requests/nats-request-server.js';
import { runService, type RunningService } from '#service-runtime/run-service.js';
import { VERSION } from '#service-runtime/version.js';
import { AppModule } from './app.module.js';
import { compressAnswers } from './http/compression.js';
import { serveApiPage } from './http/api-page.js';
import { readQuerySettings, type QuerySettings } from './settings.js';

async function start(settings: QuerySettings, logger: Logger): Promise<RunningService> {
  const app = await createHttpApp(AppModule.with(settings, logger), logger);
  await compressAnswers(app);
  serveApiPage(app, VERSION);
  app.connectMicroservice({ strategy: app.get(NatsRequestServer) }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
  await app.listen(settings.httpPort, settings.httpHost);
  logger.info({ url: await app.getUrl() }, 'listening');
  return { stop: () => app.close() };
}

await runService('query', readQuerySettings, start);
