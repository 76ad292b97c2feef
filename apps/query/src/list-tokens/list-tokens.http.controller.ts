import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { holdConnection } from '#service-runtime/http/pipelining.js';
import { untilClosed } from '#service-runtime/http/when-closed.js';
import { CallerScope } from '../auth/caller-scope.js';
import { HttpJwtGuard } from '../auth/http-jwt.guard.js';
import type { Scope } from '../auth/scope.js';
import { wantedExport } from '../export-tokens/export-format.js';
import { ExportTokensQuery } from '../export-tokens/export-tokens.query.js';
import { sendExport } from '../export-tokens/send-export.js';
import { ApiListAnswer, ApiMinPosition, ApiUnchanged } from '../http/api-answers.js';
import { ApiErrors } from '../http/api-errors.js';
import { varyBy } from '../http/vary.js';
import { ApiParameters } from '../parameters/parameter.decorator.js';
import { RepeatedParameters } from '../parameters/parameters.pipe.js';
import { KnownTags } from '../polling/known-tags.js';
import { ListUnchangedQuery } from '../polling/list-unchanged.query.js';
import { sendTagged, sendUnchanged } from '../polling/send-tagged.js';
import { AnswerLimits } from '../reading/answer-limits.js';
import { MinPosition } from '../reading/min-position.js';
import { readHeaders } from '../reading/read-headers.js';
import { linkHeader } from './link-header.js';
import { answerOfPage } from './list-tokens.answer.js';
import { ListTokensQuery } from './list-tokens.query.js';
import { ListTokensRequest } from './list-tokens.request.js';

@ApiTags('tokens')
@ApiBearerAuth()
@UseGuards(HttpJwtGuard)
@Controller('v2/tokens')
export class ListTokensHttpController {
  constructor(
    private readonly queries: QueryBus,
    private readonly limits: AnswerLimits,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listTokens',
    summary: 'Get a list of tokens',
    description:
      'One page of the tokens that match all filters, and how many match. With `Accept: application/x-ndjson` or `text/csv` an export of all ' +
      'of them, which has no `limit`, `offset` or `cursor`.',
  })
  @ApiMinPosition()
  @ApiParameters(ListTokensRequest)
  @ApiListAnswer()
  @ApiUnchanged()
  @ApiErrors(400, 403, 413, 500, 503)
  async list(
    @RepeatedParameters() request: ListTokensRequest,
    @CallerScope() scope: Scope,
    @MinPosition() minPosition: bigint | undefined,
    @Req() asked: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | Readable | undefined> {
    varyBy(reply, 'accept');
    const format = wantedExport(asked);
    if (format) {
      holdConnection(reply);
      const cursor = await this.queries.execute(new ExportTokensQuery(request, scope, minPosition, untilClosed(reply)));
      return sendExport(reply, cursor, format);
    }
    const known = new KnownTags(asked);
    const unchanged =
      known.areNamed && (await this.queries.execute(new ListUnchangedQuery(request, scope, known, minPosition)));
    if (unchanged) return sendUnchanged(reply, unchanged.tag, readHeaders(unchanged.state));
    const page = await this.queries.execute(new ListTokensQuery(request, scope, this.limits.http, minPosition, true));
    return sendTagged(reply, answerOfPage(page, linkHeader(asked.url, page.links)), page);
  }
}
