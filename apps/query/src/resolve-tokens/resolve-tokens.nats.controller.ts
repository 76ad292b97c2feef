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
import { answerOfResolved, askedIdentifiers } from './resolve-tokens.answer.js';
import { ResolveTokensQuery } from './resolve-tokens.query.js';
import { ResolveTokensRequest } from './resolve-tokens.request.js';

@UseGuards(NatsJwtGuard)
@Controller()
export class ResolveTokensNatsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
    private readonly handover: NatsHandover,
  ) {}

  @MessagePattern('resolve')
  async resolve(
    @Parameters() request: ResolveTokensRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Ctx() { requestId }: NatsRequestContext,
  ): Promise<Answer> {
    const { at = new Date().toISOString() } = request;
    const answerLimit = this.limits.nats(requestId);
    const query = new ResolveTokensQuery(askedIdentifiers(request), at, scope, answerLimit, minPosition);
    const resolved = await this.queries.execute(query);
    this.handover.releaseWhenSent(resolved.held);
    return answerOfResolved(resolved);
  }
}
