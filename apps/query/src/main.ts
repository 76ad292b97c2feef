import 'reflect-metadata';
import { createHttpApp } from '#service-runtime/http/http-app.js';
import { measureRequests } from '#service-runtime/http/measure-requests.js';
import type { Logger } from '#service-runtime/logger.js';
import { RequestMetrics } from '#service-runtime/request-metrics.js';
import { runService, type RunningService } from '#service-runtime/run-service.js';
import { serve } from '#service-runtime/serve.js';
import { VERSION } from '#service-runtime/version.js';
import { AppModule } from './app.module.js';
import { serveApiPage } from './http/api-page.js';
import { allowOrigins } from './limits/cors.js';
import { readQuerySettings, type QuerySettings } from './settings.js';

/** The names that NATS gives them, by their HTTP routes. */
const REQUESTS = { '/v2/tokens': 'list', '/v2/tokens/:id': 'get' };
const OF_OPERATORS = /^\/($|health|metrics|docs|openapi)/;

async function start(settings: QuerySettings, logger: Logger): Promise<RunningService> {
  const app = await createHttpApp(AppModule.with(settings, logger), logger);
  measureRequests(app, app.get(RequestMetrics), REQUESTS, OF_OPERATORS);
  allowOrigins(app, settings.limits.corsOrigins);
  serveApiPage(app, VERSION);
  return serve(app, settings, logger);
}

await runService('query', readQuerySettings, start);
