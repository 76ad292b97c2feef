import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CallerScope } from '../auth/caller-scope.js';
import { HttpJwtGuard } from '../auth/http-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { ApiMinPosition, ApiTokenAnswer, ApiUnchanged } from '../http/api-answers.js';
import { ApiErrors } from '../http/api-errors.js';
import { Parameters } from '../parameters/parameters.pipe.js';
import { sendTagged } from '../polling/send-tagged.js';
import { AnswerLimits } from '../reading/answer-limits.js';
import { MinPosition } from '../reading/min-position.js';
import { answerOfToken, requestedId } from './get-token.answer.js';
import { GetTokenQuery } from './get-token.query.js';
import { GetTokenRequest } from './get-token.request.js';

@ApiTags('tokens')
@ApiBearerAuth()
@UseGuards(HttpJwtGuard)
@Controller('v2/tokens')
export class GetTokenHttpController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
  ) {}

  @Get(':id')
  @ApiOperation({
    operationId: 'getToken',
    summary: 'Get one token',
    description: 'The token object alone, if it is in the scope of the caller.',
  })
  @ApiParam({
    name: 'id',
    description: 'The id of the token.',
    schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  })
  @ApiTokenAnswer()
  @ApiUnchanged()
  @ApiMinPosition()
  @ApiErrors(400, 403, 404, 413, 500, 503)
  async get(
    @Parameters() request: GetTokenRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const found = await this.queries.execute(
      new GetTokenQuery(requestedId(request), scope, this.limits.http, minPosition, true),
    );
    return sendTagged(reply, answerOfToken(found), found);
  }
}
