import { Controller, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Ctx, MessagePattern } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { CallerScope } from '../auth/caller-scope.js';
import { NatsJwtGuard } from '../auth/nats-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { RepeatedParameters } from '../parameters/parameters.pipe.js';
import { AnswerLimits } from '../reading/answer-limits.js';
import { MinPosition } from '../reading/min-position.js';
import { NatsHandover } from '../reading/nats-handover.js';
import { answerOfPage } from './list-tokens.answer.js';
import { ListTokensQuery } from './list-tokens.query.js';
import { ListTokensRequest } from './list-tokens.request.js';

@UseGuards(NatsJwtGuard)
@Controller()
export class ListTokensNatsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
    private readonly handover: NatsHandover,
  ) {}

  @MessagePattern('list')
  async list(
    @RepeatedParameters() request: ListTokensRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Ctx() { requestId }: NatsRequestContext,
  ): Promise<Answer> {
    const page = await this.queries.execute(
      new ListTokensQuery(request, scope, this.limits.nats(requestId), minPosition),
    );
    this.handover.releaseWhenSent(page.held);
    return answerOfPage(page);
  }
}
