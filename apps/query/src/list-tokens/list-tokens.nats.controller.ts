import { Controller, Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { NatsAuth } from '../auth/nats-auth.js';
import { readParameters } from '../parameters/read-parameters.js';
import { answerOfPage } from './list-tokens.answer.js';
import { AnswerRooms } from '../reading/answer-room.js';
import { NatsHandover } from '../reading/nats-handover.js';
import { ListTokensQuery } from './list-tokens.query.js';
import { ListTokensRequest } from './list-tokens.request.js';

@Controller()
export class ListTokensNatsController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(NatsAuth) private readonly auth: NatsAuth,
    @Inject(AnswerRooms) private readonly rooms: AnswerRooms,
    @Inject(NatsHandover) private readonly handover: NatsHandover,
  ) {}

  @MessagePattern('list')
  async list(@Payload() body: RequestBody, @Ctx() context: NatsRequestContext): Promise<Answer> {
    const scope = await this.auth.scopeOf(context);
    const request = readParameters(ListTokensRequest, body.read());
    const room = this.rooms.nats(context.requestId);
    const page = await this.queries.execute(new ListTokensQuery(request, scope, room));
    this.handover.releaseWhenSent(page.held);
    return answerOfPage(page);
  }
}
