import 'reflect-metadata';
import { createHttpApp } from '#service-runtime/http/http-app.js';
import type { Logger } from '#service-runtime/logger.js';
import { runService, type RunningService } from '#service-runtime/run-service.js';
import { serve } from '#service-runtime/serve.js';
import { startTracing } from '#service-runtime/tracing/start-tracing.js';
import type { Projection } from '../projection.js';
import { readProjectorSettings, type ProjectorSettings } from '../settings.js';
import { ProjectorAppModule } from './projector-app.module.js';

/** Runs a projector process from its settings to its end. */
export function runProjector(projection: Projection): Promise<void> {
  return runService('projector', readProjectorSettings, (settings, logger) => start(projection, settings, logger));
}

async function start(projection: Projection, settings: ProjectorSettings, logger: Logger): Promise<RunningService> {
  const tracing = await startTracing(projection.words.projector, settings.tracesSpans, logger);
  const app = await createHttpApp(ProjectorAppModule.with(projection, settings, logger, tracing), logger);
  return serve(app, settings, logger);
}
