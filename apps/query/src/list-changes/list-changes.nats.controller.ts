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
import { answerOfChanges } from './list-changes.answer.js';
import { ListChangesQuery } from './list-changes.query.js';
import { ListChangesRequest } from './list-changes.request.js';

@UseGuards(NatsJwtGuard)
@Controller()
export class ListChangesNatsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
    private readonly handover: NatsHandover,
  ) {}

  @MessagePattern('changes')
  async changes(
    @Parameters() request: ListChangesRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Ctx() { requestId }: NatsRequestContext,
  ): Promise<Answer> {
    const answerLimit = this.limits.nats(requestId);
    const page = await this.queries.execute(new ListChangesQuery(request, scope, answerLimit, minPosition));
    this.handover.releaseWhenSent(page.held);
    return answerOfChanges(page);
  }
}
