import { Module, type DynamicModule } from '@nestjs/common';
import { HealthController } from '#service-runtime/http/health.controller.js';
import { MetricsController } from '#service-runtime/http/metrics.controller.js';
import type { Logger } from '#service-runtime/logger.js';
import { Readiness } from '#service-runtime/readiness.js';
import type { Tracing } from '#service-runtime/tracing/tracing.js';
import type { Projection } from '../projection.js';
import { ProjectionModule } from '../projection.module.js';
import type { ProjectorSettings } from '../settings.js';
import { ProjectorReadiness } from './projector-readiness.js';
import { runtimeProviders } from './runtime-providers.js';

@Module({})
export class ProjectorAppModule {
  static with(projection: Projection, settings: ProjectorSettings, logger: Logger, tracing: Tracing): DynamicModule {
    return {
      module: ProjectorAppModule,
      imports: [ProjectionModule.forRoot(projection, settings, logger, tracing)],
      controllers: [HealthController, ...(settings.metricsPort === undefined ? [MetricsController] : [])],
      providers: [
        ...runtimeProviders(projection, settings, logger, tracing),
        { provide: Readiness, useClass: ProjectorReadiness },
      ],
    };
  }
}
