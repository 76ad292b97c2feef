import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HttpJwtGuard, type AuthorizedRequest } from '../auth/http-jwt.guard.js';
import { ApiErrors, ApiTokenAnswer } from '../http/api-answers.js';
import { queryParameters } from '../http/query-parameters.js';
import { sendAnswer } from '../http/send-answer.js';
import { answerOfToken, requestedId } from './get-token.answer.js';
import { AnswerRooms } from '../reading/answer-room.js';
import { GetTokenQuery } from './get-token.query.js';

@ApiTags('tokens')
@ApiBearerAuth()
@UseGuards(HttpJwtGuard)
@Controller('v2/tokens')
export class GetTokenHttpController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(AnswerRooms) private readonly rooms: AnswerRooms,
  ) {}

  @Get(':id')
  @ApiOperation({ operationId: 'getToken', summary: 'Get one token' })
  @ApiParam({ name: 'id', schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } })
  @ApiTokenAnswer()
  @ApiErrors(400, 403, 404, 413, 500, 503)
  async get(
    @Param('id') id: string,
    @Req() asked: AuthorizedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const others = queryParameters(asked) as { id?: unknown };
    const wanted = requestedId({ ...others, id: 'id' in others ? [id, others.id] : id });
    const found = await this.queries.execute(new GetTokenQuery(wanted, asked.scope, this.rooms.http));
    return sendAnswer(reply, answerOfToken(found), found.held);
  }
}
