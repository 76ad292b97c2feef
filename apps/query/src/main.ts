import 'reflect-metadata';
import { createHttpApp } from '#service-runtime/http/http-app.js';
import type { Logger } from '#service-runtime/logger.js';
import { runService, type RunningService } from '#service-runtime/run-service.js';
import { serve } from '#service-runtime/serve.js';
import { startTracing } from '#service-runtime/tracing/start-tracing.js';
import { VERSION } from '#service-runtime/version.js';
import { AppModule } from './app.module.js';
import { serveApiPage } from './http/api-page.js';
import { compressOthers } from './http/compress-others.js';
import { allowOrigins } from './limits/cors.js';
import { readQuerySettings, type QuerySettings } from './settings.js';

const WATCHED = {
  /** The names that NATS gives the requests. */
  names: {
    '/v2/tokens': 'list',
    '/v2/tokens/:id': 'get',
    '/v2/tokens/changes': 'changes',
    '/v2/tokens/resolve': 'resolve',
  },
  unwatched: /^\/($|health|metrics|docs|openapi)/,
};

async function start(settings: QuerySettings, logger: Logger): Promise<RunningService> {
  const tracing = await startTracing('token-query', settings.tracesSpans, logger);
  const app = await createHttpApp(AppModule.with(settings, logger, tracing), logger, WATCHED);
  allowOrigins(app, settings.limits.corsOrigins);
  serveApiPage(app, VERSION);
  compressOthers(app);
  return serve(app, settings, logger);
}

await runService('query', readQuerySettings, start);
