import type { Provider } from '@nestjs/common';
import { Registry } from 'prom-client';
import { MetricsServer } from '#service-runtime/http/metrics-server.js';
import { AccessLog } from '#service-runtime/access-log.js';
import type { Logger } from '#service-runtime/logger.js';
import { NatsLink } from '#service-runtime/nats-connection.js';
import {
  NatsRequestServer,
  type NatsRequestServerOptions,
} from '#service-runtime/nats-requests/nats-request-server.js';
import { RefusalLog } from '#service-runtime/refusal-log.js';
import { ReplyGuard } from '#service-runtime/nats-requests/reply-guard.js';
import { RequestMetrics } from '#service-runtime/request-metrics.js';
import { RequestWatch } from '#service-runtime/request-watch.js';
import { Tracing } from '#service-runtime/tracing/tracing.js';
import { VERSION } from '#service-runtime/version.js';
import { scopeSize } from './auth/caller-scope.js';
import { KeySetLog } from './auth/key-set-log.js';
import { ChangeStreams } from './follow-changes/change-streams.js';
import { Exports } from './export-tokens/exports.js';
import { MAX_BODY_BYTES } from './http/json-body.interceptor.js';
import { queryMetrics } from './query-metrics.js';
import { DatabaseProbe } from './reading/database-probe.js';
import { MIN_POSITION } from './reading/min-position.js';
import { ReadPools } from './reading/read-pools.js';
import { SigningKey } from './reading/signing-key.js';
import type { QuerySettings } from './settings.js';

/** The parameters of a list or of one token fit easily. */
const MAX_PARAMETER_BYTES = 16_384;

/**
 * Providers that need single settings or the logger: connections, servers and metrics. Nest injects everything else by the types in its
 * constructor.
 */
export function runtimeProviders(settings: QuerySettings, logger: Logger, tracing: Tracing): Provider[] {
  const { databaseUrl, answersInFlightBytes, exports, nats, replies, metricsPort, httpHost } = settings;
  return [
    { provide: NatsLink, useFactory: () => new NatsLink('token-query', nats, logger) },
    { provide: Tracing, useFactory: () => tracing },
    { provide: ReadPools, useFactory: () => new ReadPools(databaseUrl, logger, answersInFlightBytes, tracing) },
    {
      provide: DatabaseProbe,
      useFactory: (pools: ReadPools, key: SigningKey) => new DatabaseProbe(pools.watch, key, logger),
      inject: [ReadPools, SigningKey],
    },
    { provide: KeySetLog, useFactory: () => new KeySetLog(logger) },
    { provide: Exports, useFactory: () => new Exports(databaseUrl, exports, logger) },
    { provide: ChangeStreams, useFactory: () => new ChangeStreams(new RefusalLog(logger)) },
    { provide: Registry, useFactory: queryMetrics, inject: [ReadPools, Exports] },
    {
      provide: RequestWatch,
      useFactory: (registry: Registry) =>
        new RequestWatch(
          new RequestMetrics(registry, 'query'),
          tracing,
          new AccessLog(logger, settings.accessLogEvery, scopeSize),
        ),
      inject: [Registry],
    },
    {
      provide: MetricsServer,
      useFactory: (registry: Registry) => MetricsServer.start(registry, metricsPort, httpHost, logger),
      inject: [Registry],
    },
    {
      provide: NatsRequestServer,
      useFactory: (link: NatsLink, registry: Registry, watch: RequestWatch) => {
        const guard = new ReplyGuard(replies, registry, logger);
        return new NatsRequestServer(link, requestOptions(settings, watch), guard, logger);
      },
      inject: [NatsLink, Registry, RequestWatch],
    },
  ];
}

function requestOptions({ subjectPrefix }: QuerySettings, watch: RequestWatch): NatsRequestServerOptions {
  return {
    watch,
    service: { name: 'tokens', version: VERSION, description: 'Lists of charging tokens' },
    subjectPrefix,
    headers: ['authorization', MIN_POSITION],
    maxBodyBytes: (pattern) => (pattern === 'resolve' ? MAX_BODY_BYTES : MAX_PARAMETER_BYTES),
    queueGroup: 'token-query',
  };
}
