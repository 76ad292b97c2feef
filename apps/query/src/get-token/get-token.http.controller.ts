import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HttpJwtGuard, type AuthorizedRequest } from '../auth/http-jwt.guard.js';
import { ApiErrors, ApiTokenAnswer } from '../http/api-answers.js';
import { sendAnswer } from '../http/send-answer.js';
import { answerOfToken, requestedId } from './get-token.answer.js';
import { GetTokenQuery } from './get-token.query.js';

@ApiTags('tokens')
@ApiBearerAuth()
@UseGuards(HttpJwtGuard)
@Controller('v2/tokens')
export class GetTokenHttpController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get(':id')
  @ApiOperation({ operationId: 'getToken', summary: 'Get one token' })
  @ApiParam({ name: 'id', schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } })
  @ApiTokenAnswer()
  @ApiErrors(400, 403, 404, 500, 503)
  async get(
    @Param('id') id: string,
    @Query() others: object,
    @Req() { scope }: AuthorizedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const query = new GetTokenQuery(requestedId({ ...others, id: 'id' in others ? [id, others.id] : id }), scope);
    return sendAnswer(reply, answerOfToken(await this.queries.execute(query)));
  }
}
