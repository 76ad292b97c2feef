import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Registry } from 'prom-client';
import { HealthController } from '#service-runtime/http/health.controller.js';
import { MetricsController } from '#service-runtime/http/metrics.controller.js';
import { Readiness } from '#service-runtime/readiness.js';
import { Jobs } from './operate/jobs.js';
import { ReplayDeadLettersHandler, StartJobHandler } from './operate/operator.commands.js';
import { OperatorNatsController } from './operate/operator.nats.controller.js';
import { Projector } from './projector.js';

export interface AppParts {
  readonly registry: Registry;
  readonly readiness: Readiness;
  readonly projector: Projector;
  readonly jobs: Jobs;
}

@Module({})
export class AppModule {
  static with({ registry, readiness, projector, jobs }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [HealthController, MetricsController, OperatorNatsController],
      providers: [
        StartJobHandler,
        ReplayDeadLettersHandler,
        { provide: Registry, useValue: registry },
        { provide: Readiness, useValue: readiness },
        { provide: Projector, useValue: projector },
        { provide: Jobs, useValue: jobs },
      ],
    };
  }
}
