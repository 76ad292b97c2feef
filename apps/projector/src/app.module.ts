import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HealthController } from '#service-runtime/http/health.controller.js';
import { MetricsController } from '#service-runtime/http/metrics.controller.js';
import { Readiness } from '#service-runtime/readiness.js';

@Module({})
export class AppModule {
  static with(registry: Registry, readiness: Readiness): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: Registry, useValue: registry },
        { provide: Readiness, useValue: readiness },
      ],
    };
  }
}
