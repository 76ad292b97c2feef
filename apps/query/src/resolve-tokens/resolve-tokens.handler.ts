import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope, tenantOf } from '../auth/scope.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import { ResolveTokensQuery, type ResolvedTokens } from './resolve-tokens.query.js';
import { resolvedJson } from './resolved-json.js';
import { resolveTokensSql } from './resolve-tokens.sql.js';

const ADVICE = 'ask for fewer uids and labels at once';

@QueryHandler(ResolveTokensQuery)
export class ResolveTokensHandler implements IQueryHandler<ResolveTokensQuery> {
  constructor(private readonly reader: ReadModelReader) {}

  /** @throws {ServiceError} 413 when the answer is larger than its door allows */
  async execute(query: ResolveTokensQuery): Promise<ResolvedTokens> {
    const { identifiers, at, answerLimit, minPosition } = query;
    const customers = customersInScope(query.scope, undefined);
    const reading = await this.reader.read(
      (tables, wanted) => resolveTokensSql(tables, identifiers, at, customers, wanted),
      { rows: Math.max(identifiers.length, 1), bytes: answerLimit.bytes, tenant: tenantOf(query.scope) },
      minPosition,
    );
    const { state, held } = reading;
    try {
      const json = jsonOf(reading, query);
      held.shrinkTo(json.length);
      return { json, state, held };
    } catch (error) {
      held.release();
      throw error;
    }
  }
}

function jsonOf({ state, documents, bytes }: Reading, { identifiers, answerLimit }: ResolveTokensQuery): Buffer {
  const json = documents && resolvedJson(identifiers, documents);
  if (!json || json.length > answerLimit.bytes)
    throw answerLimit.refuse({ bytes: json?.length ?? bytes, state, advice: ADVICE });
  return json;
}
