import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { GenerationTables } from '#read-model/generation-tables.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { customersInScope } from '../auth/scope.js';
import { readHeaders } from '../reading/read-headers.js';
import { ReadModelReader, type ReadStatement } from '../reading/read-model-reader.js';
import { snapshotSql } from '../reading/snapshot.sql.js';
import { GetTokenQuery, type FoundToken } from './get-token.query.js';

@QueryHandler(GetTokenQuery)
export class GetTokenHandler implements IQueryHandler<GetTokenQuery> {
  constructor(@Inject(ReadModelReader) private readonly reader: ReadModelReader) {}

  /** @throws {ServiceError} 404 when there is no such token, or it is another customer's than the caller may see */
  async execute({ id, scope }: GetTokenQuery): Promise<FoundToken> {
    const { state, documents } = await this.reader.read((tables) =>
      getTokenSql(tables, id, customersInScope(scope, undefined)),
    );
    const [json] = documents;
    if (json === undefined) throw new ServiceError(404, `There is no token ${id}.`, { headers: readHeaders(state) });
    return { json, state };
  }
}

function getTokenSql(tables: GenerationTables, id: number, customers: readonly number[] | null): ReadStatement {
  const page = `select t.document from ${tables.token} t where t.id = $1 and ($2::bigint[] is null or t.customer_id = any($2))`;
  return { name: `get_${tables.token}`, text: snapshotSql(tables, 'null', page), values: [id, customers] };
}
