import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope } from '../auth/scope.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import { ListTokensQuery, type TokenPage } from './list-tokens.query.js';
import { listTokensSql } from './list-tokens.sql.js';
import { pageJson } from './page-json.js';

/** Stored documents are joined as the texts they are: no row is parsed, mapped or stringified on its way out. */
@QueryHandler(ListTokensQuery)
export class ListTokensHandler implements IQueryHandler<ListTokensQuery> {
  constructor(@Inject(ReadModelReader) private readonly reader: ReadModelReader) {}

  async execute({ request, scope }: ListTokensQuery): Promise<TokenPage> {
    const customers = customersInScope(scope, request.customerId);
    const { state, count, documents } = await this.reader.read((tables) => listTokensSql(tables, request, customers));
    return { json: pageJson(documents, count), count, state };
  }
}
