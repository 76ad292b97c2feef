import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { searchTerm } from '#token-read-model/search-text.js';
import type { Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';

/** A filter that looks up tokens by what they are, not by their time. */
export interface LookUp {
  /** The row that it is a condition on: of the token, of its identifiers (`s`), of its membership in a group (`m`). */
  readonly row: 'token' | 's' | 'm';
  /** @param id the column with the token's id */
  readonly condition: (id: string) => string;
  /** Whether an index finds its tokens, however few they are. */
  readonly isIndexed: boolean;
}

/** Whether trigrams find the tokens of a search: it has at least three characters that are no separators. */
export function hasTrigrams(search: string): boolean {
  return searchTerm(search)?.patterns.every((pattern) => pattern.length >= '%abc%'.length) ?? false;
}

export function lookUps(tables: GenerationTables, request: ListTokensRequest, values: Values): LookUp[] {
  const { search, ids, tokenGroupId, appUserId } = request;
  return [
    ...(search === undefined ? [] : [searched(search, values)]),
    ...(appUserId === undefined ? [] : [ofAppUser(appUserId, values)]),
    ...(ids === undefined ? [] : [withIds(ids, values)]),
    ...(tokenGroupId === undefined ? [] : [inGroup(tables, tokenGroupId, values)]),
  ];
}

function searched(search: string, values: Values): LookUp {
  const condition = searchCondition(search, values);
  return { row: 's', condition: () => condition, isIndexed: hasTrigrams(search) };
}

function ofAppUser(appUser: number, values: Values): LookUp {
  const given = values.bind(appUser);
  return { row: 's', condition: () => `s.app_user_id = ${given}::bigint`, isIndexed: true };
}

function withIds(ids: readonly number[], values: Values): LookUp {
  const given = values.bind(ids);
  return { row: 'token', condition: (id) => `${id} = any(${given}::bigint[])`, isIndexed: true };
}

/** Few groups are ever deleted. Only of those is the version of each member read, which the index of members does not have. */
function inGroup({ tokenMembership, tokenGroupDeletion }: GenerationTables, group: number, values: Values): LookUp {
  const given = `${values.bind(group)}::bigint`;
  const deleted = `(select d.version from ${tokenGroupDeletion} d where d.token_group_id = ${given})`;
  const since = `exists (select 1 from ${tokenMembership} e where e.token_id = m.token_id and e.token_group_id = ${given} and e.version >= ${deleted})`;
  return {
    row: 'm',
    condition: () => `m.token_group_id = ${given} and m.is_member and (${deleted} is null or ${since})`,
    isIndexed: true,
  };
}

/** A search as a condition on a row `s` of the search table. */
function searchCondition(search: string, values: Values): string {
  const term = searchTerm(search);
  if (!term) return 'false';
  const spellings = term.patterns.map((pattern) => `s.text like ${values.bind(pattern)}`);
  const id = term.id === undefined ? [] : [`s.id = ${values.bind(term.id)}::bigint`];
  return `(${[...spellings, ...id].join(' or ')})`;
}
