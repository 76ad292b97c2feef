import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Registry } from 'prom-client';
import { HealthController } from '#service-runtime/http/health.controller.js';
import { MetricsController } from '#service-runtime/http/metrics.controller.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import { Readiness } from '#service-runtime/readiness.js';
import { HttpJwtGuard } from './auth/http-jwt.guard.js';
import { JwtVerifier } from './auth/jwt-verifier.js';
import { NatsAuth } from './auth/nats-auth.js';
import { GetTokenHandler } from './get-token/get-token.handler.js';
import { GetTokenHttpController } from './get-token/get-token.http.controller.js';
import { GetTokenNatsController } from './get-token/get-token.nats.controller.js';
import { ListTokensHandler } from './list-tokens/list-tokens.handler.js';
import { ListTokensHttpController } from './list-tokens/list-tokens.http.controller.js';
import { ListTokensNatsController } from './list-tokens/list-tokens.nats.controller.js';
import { AnswerRooms } from './reading/answer-room.js';
import { NatsHandover } from './reading/nats-handover.js';
import { ReadModelReader } from './reading/read-model-reader.js';
import type { ReadPools } from './reading/read-pools.js';
import type { QuerySettings } from './settings.js';

/** What `main` makes, because more than the requests have to do with it. */
interface Parts {
  readonly pools: ReadPools;
  readonly readiness: Readiness;
  readonly registry: Registry;
  readonly link: NatsLink;
}

@Module({})
export class AppModule {
  static with(settings: QuerySettings, { pools, readiness, registry, link }: Parts): DynamicModule {
    const verifier = new JwtVerifier(settings.jwt);
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        HealthController,
        ...(settings.metricsPort === undefined ? [MetricsController] : []),
        ListTokensHttpController,
        ListTokensNatsController,
        GetTokenHttpController,
        GetTokenNatsController,
      ],
      providers: [
        ListTokensHandler,
        GetTokenHandler,
        HttpJwtGuard,
        { provide: Readiness, useValue: readiness },
        { provide: Registry, useValue: registry },
        { provide: ReadModelReader, useValue: new ReadModelReader(pools) },
        { provide: AnswerRooms, useValue: new AnswerRooms(settings.answerMaxBytes, link) },
        { provide: NatsHandover, useValue: new NatsHandover(link) },
        { provide: JwtVerifier, useValue: verifier },
        { provide: NatsAuth, useValue: new NatsAuth(verifier, settings.natsRequiresJwt) },
      ],
    };
  }
}
