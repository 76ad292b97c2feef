import { Controller, HttpCode, Post, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CallerScope } from '../auth/caller-scope.js';
import { HttpJwtGuard } from '../auth/http-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { ApiMinPosition, ApiResolvedAnswer } from '../http/api-answers.js';
import { ApiErrors } from '../http/api-errors.js';
import { JsonBodyInterceptor } from '../http/json-body.interceptor.js';
import { sendAnswer } from '../http/send-answer.js';
import { ApiBodyParameters } from '../parameters/parameter.decorator.js';
import { Parameters } from '../parameters/parameters.pipe.js';
import { AnswerLimits } from '../reading/answer-limits.js';
import { MinPosition } from '../reading/min-position.js';
import { answerOfResolved, askedIdentifiers } from './resolve-tokens.answer.js';
import { ResolveTokensQuery } from './resolve-tokens.query.js';
import { ResolveTokensRequest } from './resolve-tokens.request.js';

@ApiTags('tokens')
@ApiBearerAuth()
@UseGuards(HttpJwtGuard)
@UseInterceptors(JsonBodyInterceptor)
@Controller('v2/tokens')
export class ResolveTokensHttpController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
  ) {}

  @Post('resolve')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resolveTokens',
    summary: 'Find the tokens of uids and labels',
    description: 'Which tokens have these uids and labels, and whether each may charge.',
  })
  @ApiBodyParameters(ResolveTokensRequest, { uids: ['04:a7:e9:42'], labels: ['DK.SPI.V03198'] })
  @ApiResolvedAnswer()
  @ApiMinPosition()
  @ApiErrors(400, 403, 413, 415, 500, 503)
  async resolve(
    @Parameters() request: ResolveTokensRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { at = new Date().toISOString() } = request;
    const query = new ResolveTokensQuery(askedIdentifiers(request), at, scope, this.limits.http, minPosition);
    const resolved = await this.queries.execute(query);
    return sendAnswer(reply, answerOfResolved(resolved), resolved.held);
  }
}
