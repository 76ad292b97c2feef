import type { Provider } from '@nestjs/common';
import { Registry } from 'prom-client';
import { MetricsServer } from '#service-runtime/http/metrics-server.js';
import type { Logger } from '#service-runtime/logger.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import {
  NatsRequestServer,
  type NatsRequestServerOptions,
} from '#service-runtime/nats-requests/nats-request-server.js';
import { ReplyGuard } from '#service-runtime/nats-requests/reply-guard.js';
import { RequestMetrics } from '#service-runtime/request-metrics.js';
import { VERSION } from '#service-runtime/version.js';
import { Exports } from './export-tokens/exports.js';
import { queryMetrics } from './query-metrics.js';
import { DatabaseProbe } from './reading/database-probe.js';
import { ReadPools } from './reading/read-pools.js';
import type { QuerySettings } from './settings.js';

const MAX_BODY_BYTES = 16_384;

/**
 * Providers that need single settings or the logger: connections, servers and metrics. Nest injects everything else by the types in its
 * constructor.
 */
export function runtimeProviders(settings: QuerySettings, logger: Logger): Provider[] {
  const { databaseUrl, answersInFlightBytes, exports, nats, replies, metricsPort, httpHost } = settings;
  return [
    { provide: NatsLink, useFactory: () => new NatsLink('token-query', nats, logger) },
    { provide: ReadPools, useFactory: () => new ReadPools(databaseUrl, logger, answersInFlightBytes) },
    {
      provide: DatabaseProbe,
      useFactory: (pools: ReadPools) => new DatabaseProbe(pools.watch, logger),
      inject: [ReadPools],
    },
    { provide: Exports, useFactory: () => new Exports(databaseUrl, exports, logger) },
    { provide: Registry, useFactory: queryMetrics, inject: [ReadPools, Exports] },
    {
      provide: RequestMetrics,
      useFactory: (registry: Registry) => new RequestMetrics(registry, 'query'),
      inject: [Registry],
    },
    {
      provide: MetricsServer,
      useFactory: (registry: Registry) => MetricsServer.start(registry, metricsPort, httpHost, logger),
      inject: [Registry],
    },
    {
      provide: NatsRequestServer,
      useFactory: (link: NatsLink, registry: Registry, metrics: RequestMetrics) => {
        const guard = new ReplyGuard(replies, registry, logger);
        return new NatsRequestServer(link, requestOptions(settings, metrics), guard, logger);
      },
      inject: [NatsLink, Registry, RequestMetrics],
    },
  ];
}

function requestOptions({ subjectPrefix }: QuerySettings, metrics: RequestMetrics): NatsRequestServerOptions {
  return {
    metrics,
    service: { name: 'tokens', version: VERSION, description: 'Lists of charging tokens' },
    subjectPrefix,
    maxBodyBytes: MAX_BODY_BYTES,
    queueGroup: 'token-query',
  };
}
