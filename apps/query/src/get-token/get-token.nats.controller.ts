import { Controller, Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { NatsAuth } from '../auth/nats-auth.js';
import { answerOfToken, requestedId } from './get-token.answer.js';
import { AnswerRooms } from '../reading/answer-room.js';
import { NatsHandover } from '../reading/nats-handover.js';
import { GetTokenQuery } from './get-token.query.js';

@Controller()
export class GetTokenNatsController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(NatsAuth) private readonly auth: NatsAuth,
    @Inject(AnswerRooms) private readonly rooms: AnswerRooms,
    @Inject(NatsHandover) private readonly handover: NatsHandover,
  ) {}

  @MessagePattern('get')
  async get(@Payload() body: RequestBody, @Ctx() context: NatsRequestContext): Promise<Answer> {
    const scope = await this.auth.scopeOf(context);
    const room = this.rooms.nats(context.requestId);
    const found = await this.queries.execute(new GetTokenQuery(requestedId(body.read()), scope, room));
    this.handover.releaseWhenSent(found.held);
    return answerOfToken(found);
  }
}
