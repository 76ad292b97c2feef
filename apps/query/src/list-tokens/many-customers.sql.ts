import type { GenerationTables } from '#read-model/generation-tables.js';
import { ALL_CUSTOMERS } from '#read-model/count-table.js';
import type { SnapshotParts } from '../reading/snapshot.sql.js';
import { Values } from '../reading/values.js';
import { ListOrder } from './list-order.js';
import { ListScope } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { countedSql, fromTheNearerEnd } from './nearer-end.sql.js';
import { documentsSql } from './page.sql.js';
import { walkSql } from './walk.sql.js';

/** Checking a token on the way costs about as much as merging so many of a place. */
const CHECK_COSTS = 5;

/**
 * Customer and facet filters with many customers. Together they may have most of all tokens, each in places so short that merging
 * them would read nearly all they have. Where they have that many, the order of all tokens is walked instead, and each token
 * looked at. Both ways cost the same when tokens of the customers = square root of (reach × all tokens).
 */
export function manyCustomersSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[],
): SnapshotParts {
  const values = new Values();
  const { sortBy, sortDirection } = request;
  const scope = new ListScope(tables, request, customers, values);
  const bounds = { offset: values.bind(request.offset), limit: values.bind(request.limit) };
  const order = new ListOrder(sortBy, sortDirection);
  const merged = (inOrder: ListOrder, reach: string) =>
    walkSql(tables, { order: inOrder, indexes: 'customers', scope, reach });
  const walked = (inOrder: ListOrder, reach: string) =>
    walkSql(tables, { order: inOrder, indexes: 'all', scope, reach, ...scope.onTheWay });
  const reach = `least(${bounds.offset} + ${bounds.limit}, greatest(tokens - ${bounds.offset}, 0))`;
  return {
    name: `list_many_${sortBy}_${sortDirection}_${tables.token}`,
    values: values.all,
    shared: [
      countedSql(`select tokens, false as is_sorted from (${scope.tokens}) all_tokens`, bounds),
      `ways as materialized (
select tokens::float8 * tokens > ${CHECK_COSTS} * ${reach}::float8 * (${allTokens(tables)}) as are_common from counted)`,
    ],
    count: '(select tokens from counted)',
    page: documentsSql(
      tables,
      order,
      `${fromTheNearerEnd(order, merged, bounds, ['(select not are_common from ways)'])}
union all
${fromTheNearerEnd(order, walked, bounds, ['(select are_common from ways)'])}`,
    ),
  };
}

function allTokens({ tokenCount }: GenerationTables): string {
  return `select coalesce(sum(every.tokens), 0)::float8 from ${tokenCount} every where every.customer_id = ${ALL_CUSTOMERS}`;
}
