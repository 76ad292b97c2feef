import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { holdConnection } from '#service-runtime/http/pipelining.js';
import { untilClosed } from '#service-runtime/http/when-closed.js';
import { CallerScope, type AuthorizedRequest } from '../auth/caller-scope.js';
import { HttpJwtGuard } from '../auth/http-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { ChangeStreams } from '../follow-changes/change-streams.js';
import { FollowChangesQuery } from '../follow-changes/follow-changes.query.js';
import { wantedEvents } from '../follow-changes/wanted-events.js';
import { ApiChangesAnswer, ApiLastEventId, ApiMinPosition } from '../http/api-answers.js';
import { ApiErrors } from '../http/api-errors.js';
import { sendAnswer } from '../http/send-answer.js';
import { varyBy } from '../http/vary.js';
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
    private readonly streams: ChangeStreams,
  ) {}

  @Get('changes')
  @ApiOperation({
    operationId: 'listChanges',
    summary: 'Follow the changes of tokens',
    description:
      'Every token as it is now, then what has changed since, for callers who keep a copy. It can wait for a change. With `Accept: text/event-stream` ' +
      'changes come as events as long as the caller stays connected.',
  })
  @ApiMinPosition()
  @ApiLastEventId()
  @ApiParameters(ListChangesRequest)
  @ApiChangesAnswer()
  @ApiErrors(400, 403, 410, 413, 500, 503)
  async changes(
    @Parameters() request: ListChangesRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | Readable> {
    varyBy(reply, 'accept');
    const wanted = wantedEvents(reply.request, request);
    if (wanted) {
      holdConnection(reply);
      const { expiresAt = 0 } = reply.request as Partial<AuthorizedRequest>;
      const caller = { gone: untilClosed(reply), expiresAt };
      const follow = new FollowChangesQuery(wanted, scope, this.limits.http, minPosition, caller);
      return this.streams.send(reply, await this.queries.execute(follow));
    }
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
