import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ServiceError } from '#service-runtime/service-error.js';
import { customersInScope } from '../auth/scope.js';
import { readHeaders } from '../reading/read-headers.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import { GetTokenQuery, type FoundToken } from './get-token.query.js';
import { getTokenSql } from './get-token.sql.js';

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
