import type { GenerationTables } from '#read-model/generation-tables.js';
import { snapshotSql, type ReadStatement, type SnapshotParts, type WantedDocuments } from '../reading/snapshot.sql.js';
import { deepPagesSql } from './deep-pages.sql.js';
import { filteredPagesSql } from './filtered-pages.sql.js';
import { firstPagesSql } from './first-pages.sql.js';
import { MANY_CUSTOMERS } from './list-scope.js';
import { manyCustomersSql } from './many-customers.sql.js';
import { DEEP_OFFSET } from './nearer-end.sql.js';
import type { ListTokensRequest } from './list-tokens.request.js';

/**
 * The statement of one list request. list-tokens.generated.sql beside this file shows what comes out for typical requests.
 * @param customers null for everybody's tokens
 */
export function listTokensSql(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
  wanted: WantedDocuments,
): ReadStatement {
  return snapshotSql(tables, listParts(tables, request, customers), wanted);
}

/** The same, not yet put together. */
export function listParts(
  tables: GenerationTables,
  request: ListTokensRequest,
  customers: readonly number[] | null,
): SnapshotParts {
  const { search, validFrom, expiresFrom, offset } = request;
  if (search !== undefined || validFrom !== undefined || expiresFrom !== undefined) {
    return filteredPagesSql(tables, request, customers);
  }
  if (customers && customers.length > MANY_CUSTOMERS) return manyCustomersSql(tables, request, customers);
  return (offset < DEEP_OFFSET ? firstPagesSql : deepPagesSql)(tables, request, customers);
}
