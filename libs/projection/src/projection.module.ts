import { Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import type { Logger } from '#service-runtime/logger.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { createPool } from '#service-runtime/postgres/pool.js';
import { Tracing } from '#service-runtime/tracing/tracing.js';
import { Engine } from './engine.js';
import { Housekeeper } from './operate/housekeeper.js';
import { LeaseCandidate } from './lease-candidate.js';
import { OperatorController } from './operate/operator.controller.js';
import type { Projection } from './projection.js';
import { Projector } from './projector.js';
import { Jobs } from './rebuild/jobs.js';
import { Resynchronisation } from './rebuild/resynchronisation.js';
import { SchemaChange } from './rebuild/schema-change.js';
import { VacantLease } from './rebuild/vacant-lease.js';
import { ProjectorMetrics } from './run/projector-metrics.js';
import { ProjectorState } from './run/projector-state.js';
import { Sampler } from './sample/sampler.js';
import type { ProjectorSettings } from './settings.js';

const WATCH_POOL = { connections: 2, statementTimeoutMs: 5_000, acquireTimeoutMs: 2_000 };

@Injectable()
class EngineShutdown implements OnApplicationShutdown {
  constructor(private readonly engine: Engine) {}

  async onApplicationShutdown(): Promise<void> {
    await this.engine.pool.end();
  }
}

function watchPool({ words }: Projection, { databaseUrl }: ProjectorSettings, logger: Logger): Pool {
  return createPool(databaseUrl, { applicationName: `${words.projector}-watch`, ...WATCH_POOL }, (error) =>
    logger.debug({ err: error }, 'a database connection was lost'),
  );
}

/** A projector for one projection: it projects, rebuilds, verifies and answers operators. */
@Module({})
export class ProjectionModule {
  static forRoot(projection: Projection, settings: ProjectorSettings, logger: Logger, tracing: Tracing): DynamicModule {
    return {
      module: ProjectionModule,
      controllers: [OperatorController],
      providers: [
        // As a provider, so that its spans are sent at the end.
        { provide: Tracing, useFactory: () => tracing },
        { provide: NatsLink, useFactory: () => new NatsLink(projection.words.projector, settings.nats, logger) },
        {
          provide: ProjectorMetrics,
          useFactory: (link: NatsLink) => new ProjectorMetrics(() => link.reconnects),
          inject: [NatsLink],
        },
        { provide: Registry, useFactory: ({ registry }: ProjectorMetrics) => registry, inject: [ProjectorMetrics] },
        {
          provide: Engine,
          useFactory: (link: NatsLink, metrics: ProjectorMetrics): Engine => {
            const pool = watchPool(projection, settings, logger);
            return { projection, settings, link, metrics, logger, tracing, pool };
          },
          inject: [NatsLink, ProjectorMetrics],
        },
        ProjectorState,
        Jobs,
        Resynchronisation,
        VacantLease,
        SchemaChange,
        Housekeeper,
        Sampler,
        LeaseCandidate,
        Projector,
        EngineShutdown,
      ],
      exports: [NatsLink, Registry, ProjectorState, Jobs, SchemaChange],
    };
  }
}
