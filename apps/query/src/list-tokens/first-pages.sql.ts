import type { GenerationTables } from '#read-model/generation-tables.js';
import type { SnapshotParts } from '../reading/snapshot.sql.js';
import { Values } from '../reading/values.js';
import { ListOrder } from './list-order.js';
import { ListScope } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { cut, documentsSql } from './page.sql.js';
import { walkSql } from './walk.sql.js';

/**
 * Customer and facet filters only: the count is a sum over the count table, and so are the places to look. Every (customer,
 * facet) with tokens is one short range of an index that already has the wanted order; the page is merged from their heads.
 */
export function firstPagesSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
): SnapshotParts {
  const values = new Values();
  const { sortBy, sortDirection, offset, limit } = request;
  const scope = new ListScope(tables, request, customers, values);
  const { indexes } = scope;
  const [from, most] = [values.bind(offset), values.bind(limit)];
  const statement = {
    name: `list_${indexes}_${sortBy}_${sortDirection}_${tables.token}`,
    values: values.all,
    shared: [],
    count: `(${scope.tokens})`,
  };
  if (indexes === 'all' && sortBy === 'id') {
    const page = `select t.document from ${tables.token} t order by t.id ${sortDirection} offset ${from} limit ${most}`;
    return { ...statement, page };
  }
  const order = new ListOrder(sortBy, sortDirection);
  const walk = walkSql(tables, { order, indexes, scope, reach: values.bind(offset + limit) });
  return { ...statement, page: documentsSql(tables, order, cut(walk, from, most)) };
}
