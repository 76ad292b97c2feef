import { Controller, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Ctx, MessagePattern } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { CallerScope } from '../auth/caller-scope.js';
import { NatsJwtGuard } from '../auth/nats-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { Parameters } from '../parameters/parameters.pipe.js';
import { AnswerLimits } from '../reading/answer-limits.js';
import { MinPosition } from '../reading/min-position.js';
import { NatsHandover } from '../reading/nats-handover.js';
import { answerOfToken, requestedId } from './get-token.answer.js';
import { GetTokenQuery } from './get-token.query.js';
import { GetTokenRequest } from './get-token.request.js';

@UseGuards(NatsJwtGuard)
@Controller()
export class GetTokenNatsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
    private readonly handover: NatsHandover,
  ) {}

  @MessagePattern('get')
  async get(
    @Parameters() request: GetTokenRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Ctx() { requestId }: NatsRequestContext,
  ): Promise<Answer> {
    const answerLimit = this.limits.nats(requestId);
    const found = await this.queries.execute(new GetTokenQuery(requestedId(request), scope, answerLimit, minPosition));
    this.handover.releaseWhenSent(found.held);
    return answerOfToken(found);
  }
}
