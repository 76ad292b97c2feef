import type { GenerationTables } from '#read-model/generation-tables.js';
import type { SnapshotParts } from '../reading/snapshot.sql.js';
import { Values } from '../reading/values.js';
import { ListOrder } from './list-order.js';
import { ListScope } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { countedSql, fromTheNearerEnd } from './nearer-end.sql.js';
import { documentsSql } from './page.sql.js';
import { walkSql } from './walk.sql.js';

/**
 * Pages far into a list that has customer and facet filters only, read from the end they are nearer to. The way there goes through an
 * index alone. Over all customers it is the one index of all tokens, whose facets are checked on the way: merging a
 * range per facet would read and sort every one of them up to the page.
 */
export function deepPagesSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
): SnapshotParts {
  const values = new Values();
  const { sortBy, sortDirection } = request;
  const scope = new ListScope(tables, request, customers, values);
  const bounds = { offset: values.bind(request.offset), limit: values.bind(request.limit) };
  const order = new ListOrder(sortBy, sortDirection);
  const indexes = scope.indexes === 'customers' ? 'customers' : 'all';
  const walk = (inOrder: ListOrder, reach: string) =>
    walkSql(tables, { order: inOrder, indexes, scope, reach, ...scope.onTheWay });
  return {
    name: `list_deep_${scope.indexes}_${sortBy}_${sortDirection}_${tables.token}`,
    values: values.all,
    shared: [countedSql(`select tokens, false as is_sorted from (${scope.tokens}) all_tokens`, bounds)],
    count: '(select tokens from counted)',
    page: documentsSql(tables, order, fromTheNearerEnd(order, walk, bounds)),
  };
}
