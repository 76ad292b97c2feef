import type { Provider } from '@nestjs/common';
import { Registry } from 'prom-client';
import { MetricsServer } from '#service-runtime/http/metrics-server.js';
import type { Logger } from '#service-runtime/logger.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { NatsRequestServer } from '#service-runtime/nats-requests/nats-request-server.js';
import { ReplyGuard } from '#service-runtime/nats-requests/reply-guard.js';
import { RequestMetrics } from '#service-runtime/request-metrics.js';
import { RequestWatch } from '#service-runtime/request-watch.js';
import type { Tracing } from '#service-runtime/tracing/tracing.js';
import { VERSION } from '#service-runtime/version.js';
import type { Projection } from '../projection.js';
import { SchemaChange } from '../rebuild/schema-change.js';
import { ProjectorState } from '../run/projector-state.js';
import type { ProjectorSettings } from '../settings.js';

/** 1,000 ids of dead letters take up to 22 KB. */
const MAX_BODY_BYTES = 65_536;

/** Providers that need single settings or the logger: the servers of the process. */
export function runtimeProviders(
  { words }: Projection,
  settings: ProjectorSettings,
  logger: Logger,
  tracing: Tracing,
): Provider[] {
  const { metricsPort, httpHost, subjectPrefix, replies } = settings;
  return [
    {
      provide: MetricsServer,
      useFactory: (registry: Registry) => MetricsServer.start(registry, metricsPort, httpHost, logger),
      inject: [Registry],
    },
    {
      provide: NatsRequestServer,
      useFactory: (link: NatsLink, registry: Registry, state: ProjectorState, schemaChange: SchemaChange) => {
        const options = {
          watch: new RequestWatch(new RequestMetrics(registry, 'projector'), tracing),
          service: { name: words.projector, version: VERSION, description: `Keeps the ${words.model}` },
          subjectPrefix,
          maxBodyBytes: () => MAX_BODY_BYTES,
          isActive: () => state.leading !== undefined || state.interrupted !== undefined || schemaChange.isInCharge,
        };
        return new NatsRequestServer(link, options, new ReplyGuard(replies, registry, logger), logger);
      },
      inject: [NatsLink, Registry, ProjectorState, SchemaChange],
    },
  ];
}
