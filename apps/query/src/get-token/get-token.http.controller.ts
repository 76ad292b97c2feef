import { Controller, Get, Param, Req, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerScope } from '../auth/caller-scope.js';
import { HttpJwtGuard } from '../auth/http-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
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
    private readonly queries: QueryBus,
    private readonly rooms: AnswerRooms,
  ) {}

  @Get(':id')
  @ApiOperation({ operationId: 'getToken', summary: 'Get one token' })
  @ApiParam({ name: 'id', schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } })
  @ApiTokenAnswer()
  @ApiErrors(400, 403, 404, 413, 500, 503)
  async get(
    @Param('id') id: string,
    @CallerScope() scope: Scope,
    @Req() asked: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const others = queryParameters(asked) as { id?: unknown };
    const wanted = requestedId({ ...others, id: 'id' in others ? [id, others.id] : id });
    const found = await this.queries.execute(new GetTokenQuery(wanted, scope, this.rooms.http));
    return sendAnswer(reply, answerOfToken(found), found.held);
  }
}
