import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Registry } from 'prom-client';
import { HealthController } from '#service-runtime/http/health.controller.js';
import { MetricsController } from '#service-runtime/http/metrics.controller.js';
import { Readiness } from '#service-runtime/readiness.js';
import { Jobs } from './operate/jobs.js';
import { Housekeeper } from './operate/housekeeper.js';
import {
  ConfirmLossHandler,
  DropPreviousHandler,
  ReplayDeadLettersHandler,
  StartJobHandler,
  WishJobHandler,
} from './operate/operator.commands.js';
import { OperatorNatsController } from './operate/operator.nats.controller.js';
import { Projector } from './projector.js';

export interface AppParts {
  readonly registry: Registry;
  readonly readiness: Readiness;
  readonly projector: Projector;
  readonly jobs: Jobs;
  readonly housekeeper: Housekeeper;
  /** Whether `/metrics` is here, and not on a port of its own. */
  readonly hasMetrics: boolean;
}

@Module({})
export class AppModule {
  static with({ registry, readiness, projector, jobs, housekeeper, hasMetrics }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [HealthController, ...(hasMetrics ? [MetricsController] : []), OperatorNatsController],
      providers: [
        StartJobHandler,
        WishJobHandler,
        ConfirmLossHandler,
        DropPreviousHandler,
        ReplayDeadLettersHandler,
        { provide: Registry, useValue: registry },
        { provide: Readiness, useValue: readiness },
        { provide: Projector, useValue: projector },
        { provide: Jobs, useValue: jobs },
        { provide: Housekeeper, useValue: housekeeper },
      ],
    };
  }
}
