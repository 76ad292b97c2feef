import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope, tenantOf } from '../auth/scope.js';
import { ListTokensRequest } from '../list-tokens/list-tokens.request.js';
import { listTokensSql } from '../list-tokens/list-tokens.sql.js';
import { notReached } from '../reading/not-reached.js';
import { Pulse } from '../reading/pulse.js';
import { REACHED_WITHIN_MS } from '../reading/read-model-reader.js';
import { hasReached } from '../reading/reading.js';
import type { StatementOver } from '../reading/snapshot.sql.js';
import type { ExportCursor } from './export-cursor.js';
import { ExportTokensQuery } from './export-tokens.query.js';
import { Exports } from './exports.js';

/** No list has more tokens. */
const ALL = Number.MAX_SAFE_INTEGER;

/** An export is the statement of the list with one page that has no end, so it has every filter and every order of the list. */
@QueryHandler(ExportTokensQuery)
export class ExportTokensHandler implements IQueryHandler<ExportTokensQuery> {
  constructor(
    private readonly exports: Exports,
    private readonly pulse: Pulse,
  ) {}

  /** @throws {ServiceError} 503 when as many exports run as may, or when the read model does not reach the position in time */
  async execute({ request, scope, minPosition, gone }: ExportTokensQuery): Promise<ExportCursor> {
    const customers = customersInScope(scope, request.customerId);
    if (minPosition !== undefined) await this.reach(minPosition);
    const all = Object.assign(new ListTokensRequest(), request, { offset: 0, limit: ALL });
    const statementOver: StatementOver = (tables, wanted) => listTokensSql(tables, all, customers, wanted);
    const cursor = await this.exports.open(statementOver, gone, tenantOf(scope));
    // Its connection may lead to another server than the one that has reached the position.
    if (hasReached(cursor.head.state, minPosition ?? 0n)) return cursor;
    await cursor.close();
    throw notReached(cursor.head.state, minPosition!, 0);
  }

  private async reach(minPosition: bigint): Promise<void> {
    const startedAt = performance.now();
    const { state, since } = await this.pulse.whenAt(minPosition, undefined, startedAt + REACHED_WITHIN_MS);
    if (!hasReached(state, minPosition)) throw notReached(state, minPosition, since - startedAt);
  }
}
