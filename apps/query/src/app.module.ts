import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HealthController } from '#service-runtime/http/health.controller.js';
import { MetricsController } from '#service-runtime/http/metrics.controller.js';
import type { Logger } from '#service-runtime/logger.js';
import { Readiness } from '#service-runtime/readiness.js';
import type { Tracing } from '#service-runtime/tracing/tracing.js';
import { JwtVerifier } from './auth/jwt-verifier.js';
import { ExportTokensHandler } from './export-tokens/export-tokens.handler.js';
import { FollowChangesHandler } from './follow-changes/follow-changes.handler.js';
import { GetTokenHandler } from './get-token/get-token.handler.js';
import { GetTokenHttpController } from './get-token/get-token.http.controller.js';
import { GetTokenNatsController } from './get-token/get-token.nats.controller.js';
import { ChangesReader } from './list-changes/changes-reader.js';
import { ListChangesHandler } from './list-changes/list-changes.handler.js';
import { ListChangesHttpController } from './list-changes/list-changes.http.controller.js';
import { ListChangesNatsController } from './list-changes/list-changes.nats.controller.js';
import { PageCache } from './list-tokens/page-cache.js';
import { ListTokensHandler } from './list-tokens/list-tokens.handler.js';
import { ListTokensHttpController } from './list-tokens/list-tokens.http.controller.js';
import { ListTokensNatsController } from './list-tokens/list-tokens.nats.controller.js';
import { PageReader } from './list-tokens/page-reader.js';
import { SharedPages } from './list-tokens/shared-pages.js';
import { ListUnchangedHandler } from './polling/list-unchanged.handler.js';
import { VisibleStates } from './polling/visible-states.js';
import { RateLimits } from './limits/rate-limits.js';
import { QueryReadiness } from './query-readiness.js';
import { AnswerLimits } from './reading/answer-limits.js';
import { ChangePulse } from './reading/change-pulse.js';
import { NatsHandover } from './reading/nats-handover.js';
import { Pulse } from './reading/pulse.js';
import { ReadModelReader } from './reading/read-model-reader.js';
import { SigningKey } from './reading/signing-key.js';
import { runtimeProviders } from './runtime-providers.js';
import { ResolveTokensHandler } from './resolve-tokens/resolve-tokens.handler.js';
import { ResolveTokensHttpController } from './resolve-tokens/resolve-tokens.http.controller.js';
import { ResolveTokensNatsController } from './resolve-tokens/resolve-tokens.nats.controller.js';
import { QuerySettings } from './settings.js';

const QUERY_HANDLERS = [
  ListTokensHandler,
  ListUnchangedHandler,
  ListChangesHandler,
  FollowChangesHandler,
  GetTokenHandler,
  ResolveTokensHandler,
  ExportTokensHandler,
];

@Module({})
export class AppModule {
  static with(settings: QuerySettings, logger: Logger, tracing: Tracing): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        HealthController,
        ...(settings.metricsPort === undefined ? [MetricsController] : []),
        ListTokensHttpController,
        ListTokensNatsController,
        ListChangesHttpController,
        ListChangesNatsController,
        GetTokenHttpController,
        GetTokenNatsController,
        ResolveTokensHttpController,
        ResolveTokensNatsController,
      ],
      providers: [
        { provide: QuerySettings, useValue: settings },
        ...runtimeProviders(settings, logger, tracing),
        { provide: Readiness, useClass: QueryReadiness },
        Pulse,
        ChangePulse,
        SigningKey,
        ReadModelReader,
        VisibleStates,
        PageCache,
        PageReader,
        SharedPages,
        AnswerLimits,
        NatsHandover,
        JwtVerifier,
        RateLimits,
        ChangesReader,
        ...QUERY_HANDLERS,
      ],
    };
  }
}
