import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope } from '../auth/scope.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import { hasTag, listTag } from './entity-tag.js';
import { ListUnchangedQuery, type Unchanged } from './list-unchanged.query.js';
import { countAndState, visibleStateSql } from './visible-state.sql.js';

const NO_ROWS = { rows: 1, bytes: 0 };

/** Reads the state of what the caller may see, and no page. */
@QueryHandler(ListUnchangedQuery)
export class ListUnchangedHandler implements IQueryHandler<ListUnchangedQuery> {
  constructor(private readonly reader: ReadModelReader) {}

  async execute({ request, scope, known, minPosition }: ListUnchangedQuery): Promise<Unchanged | undefined> {
    const customers = customersInScope(scope, request.customerId);
    if (!hasTag(request)) return undefined;
    const { count, state, held } = await this.reader.read(
      (tables, wanted, schemaVersion) => visibleStateSql({ tables, schemaVersion, customers }, wanted),
      NO_ROWS,
      minPosition,
    );
    held.release();
    const tag = listTag(request, customers, countAndState(count).state);
    return tag !== undefined && known.has(tag) ? { tag, state } : undefined;
  }
}
