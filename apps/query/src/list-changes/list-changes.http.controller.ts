import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CallerScope } from '../auth/caller-scope.js';
import { HttpJwtGuard } from '../auth/http-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { ApiChangesAnswer, ApiMinPosition } from '../http/api-answers.js';
import { ApiErrors } from '../http/api-errors.js';
import { sendAnswer } from '../http/send-answer.js';
import { ApiParameters } from '../parameters/parameter.decorator.js';
import { Parameters } from '../parameters/parameters.pipe.js';
import { AnswerLimits } from '../reading/answer-limits.js';
import { MinPosition } from '../reading/min-position.js';
import { answerOfChanges } from './list-changes.answer.js';
import { ListChangesQuery } from './list-changes.query.js';
import { ListChangesRequest } from './list-changes.request.js';
import { untilGone } from './until-gone.js';

@ApiTags('tokens')
@ApiBearerAuth()
@UseGuards(HttpJwtGuard)
@Controller('v2/tokens')
export class ListChangesHttpController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
  ) {}

  @Get('changes')
  @ApiOperation({
    operationId: 'listChanges',
    summary: 'Follow the changes of tokens',
    description:
      'Every token as it is now, then what has changed since, for callers who keep a copy. It can wait for a change.',
  })
  @ApiMinPosition()
  @ApiParameters(ListChangesRequest)
  @ApiChangesAnswer()
  @ApiErrors(400, 403, 410, 413, 500, 503)
  async changes(
    @Parameters() request: ListChangesRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const query = new ListChangesQuery(
      request,
      scope,
      this.limits.http,
      minPosition,
      request.wait > 0 ? untilGone(reply, request.wait) : undefined,
    );
    const page = await this.queries.execute(query);
    return sendAnswer(reply, answerOfChanges(page), page.held);
  }
}
