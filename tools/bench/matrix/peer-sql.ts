import type { SortKey } from '../../../apps/query/src/list-tokens/sort-keys.js';
import type { TokenStatus } from '../../../apps/query/src/list-tokens/token-status.js';
import type { ListRequest } from './list-clock.js';

const SORT_COLUMNS: Readonly<Record<SortKey, string>> = {
  id: 'id',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  validFrom: 'valid_from',
  expiresAt: 'expires_at',
};

const BY_STATUS: Readonly<Record<TokenStatus, string>> = {
  inactive: 'not is_active',
  notYetValid: 'is_active and valid_from > now()',
  expired: 'is_active and valid_from <= now() and expires_at <= now()',
  usable: 'is_active and valid_from <= now() and (expires_at is null or expires_at > now())',
};

interface PeerStatement {
  readonly text: string;
  readonly values: unknown[];
}

/** The statements that most developers would send for the same request over a plain table: a page and a `count(*)`. */
export function peerSql(request: ListRequest): { readonly page: PeerStatement; readonly count: PeerStatement } {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const where = conditions(request, bind);
  const count = { text: `select count(*) from peer_token where ${where}`, values: [...values] };
  const { sortBy = 'id', sortDirection = 'desc', offset = 0, limit = 500 } = request;
  const order = `${SORT_COLUMNS[sortBy]} ${sortDirection} nulls last, id ${sortDirection}`;
  const text = `select * from peer_token where ${where} order by ${order} offset ${bind(offset)} limit ${bind(limit)}`;
  return { count, page: { text, values } };
}

function conditions(request: ListRequest, bind: (value: unknown) => string): string {
  const { search, type, customerId, isActive, roamingEnabled, priority, status, ids, tokenGroupId } = request;
  const found = ['true'];
  const equals = (column: string, value: unknown) => {
    if (value !== undefined) found.push(`${column} = ${bind(value)}`);
  };
  equals('type', type);
  equals('customer_id', customerId);
  equals('is_active', isActive);
  equals('roaming_enabled', roamingEnabled);
  equals('priority_charging_enabled', priority);
  const within = (column: string, from: string | undefined, to: string | undefined) => {
    if (from !== undefined) found.push(`${column} >= ${bind(from)}`);
    if (to !== undefined) found.push(`${column} < ${bind(to)}`);
  };
  within('valid_from', request.validFrom, request.validTo);
  within('expires_at', request.expiresFrom, request.expiresTo);
  within('created_at', request.createdAtFrom, request.createdAtTo);
  within('updated_at', request.updatedAtFrom, request.updatedAtTo);
  if (status !== undefined) found.push(BY_STATUS[status]);
  if (ids !== undefined) found.push(`id = any(${bind(ids)}::bigint[])`);
  if (tokenGroupId !== undefined) found.push(`${bind(tokenGroupId)}::bigint = any(token_group_ids)`);
  if (search !== undefined) {
    const pattern = bind(`%${search}%`);
    found.push(`(uid ilike ${pattern} or label ilike ${pattern} or id::text = ${bind(search)})`);
  }
  return found.join(' and ');
}
