import { Controller, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { CallerScope } from '../auth/caller-scope.js';
import { NatsJwtGuard } from '../auth/nats-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { answerOfToken, requestedId } from './get-token.answer.js';
import { AnswerRooms } from '../reading/answer-room.js';
import { NatsHandover } from '../reading/nats-handover.js';
import { GetTokenQuery } from './get-token.query.js';

@UseGuards(NatsJwtGuard)
@Controller()
export class GetTokenNatsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly rooms: AnswerRooms,
    private readonly handover: NatsHandover,
  ) {}

  @MessagePattern('get')
  async get(
    @CallerScope() scope: Scope,
    @Payload() body: RequestBody,
    @Ctx() context: NatsRequestContext,
  ): Promise<Answer> {
    const room = this.rooms.nats(context.requestId);
    const found = await this.queries.execute(new GetTokenQuery(requestedId(body.read()), scope, room));
    this.handover.releaseWhenSent(found.held);
    return answerOfToken(found);
  }
}
