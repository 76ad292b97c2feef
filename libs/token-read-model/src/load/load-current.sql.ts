import type { GenerationTables } from '../generation-tables.js';
import type { Statement } from '#projection/store/statement.js';

/*
 * Use `= any(array)` in the condition of an index and nowhere else: anywhere else PostgreSQL searches the array from its beginning for
 * every row. One `case when id = any(array)` took 1.5 s for 10,000 ids, 22 s for 40,000 and 124 s for 100,000 on a busy machine; the same
 * statement without it took 0.5, 1.1 and 1.8 s.
 */

/** Reads a timestamptz back in the spelling of the events. */
const instant = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The tokens that were ever named together with one of these groups; only a limited number of each group. */
export function loadMembersSql({ token, tokenMembership }: GenerationTables): Statement {
  return {
    name: `load_members_${token}`,
    text: `select given.token_group_id, m.token_id from unnest($1::bigint[]) given (token_group_id) cross join lateral (
  select o.token_id from ${tokenMembership} o where ${inGroup('o', 'given.token_group_id')} and o.version > 0 limit $2
) m`,
  };
}

/**
 * A range of whole keys of the index of members. Where nearly all tokens are in one group, PostgreSQL expects that of every group, and with
 * an equality reads the whole primary key for each.
 * @param after the tokens with lower ids, and this one, are left out
 */
export function inGroup(row: string, group: string, after = '0'): string {
  return `(${row}.token_group_id, ${row}.token_id) > (${group}, ${after}) and (${row}.token_group_id, ${row}.token_id) < (${group} + 1, 0)`;
}

export function loadTokensSql({ token }: GenerationTables): Statement {
  return {
    name: `load_tokens_${token}`,
    text: `select id, version, customer_id, facet, ${instant('own_updated_at')}, null from ${token} where id = any($1::bigint[])`,
  };
}

/** Loads tokens with their documents: for tokens of which only memberships may have changed. */
export function loadWholeTokensSql({ token }: GenerationTables): Statement {
  return {
    name: `load_whole_tokens_${token}`,
    text: `select id, version, customer_id, facet, ${instant('own_updated_at')}, document from ${token} where id = any($1::bigint[])`,
  };
}

export function loadErasuresSql({ token, tokenErasure }: GenerationTables): Statement {
  return {
    name: `load_erasures_${token}`,
    text: `select id, version from ${tokenErasure} where id = any($1::bigint[])`,
  };
}

/** Memberships of tokens, and the deletions of their groups; up to a limit. */
export function loadPairsSql({ token, tokenMembership, tokenGroupDeletion }: GenerationTables): Statement {
  return {
    name: `load_pairs_${token}`,
    text: `select m.token_id, m.token_group_id, m.version, m.is_member, ${instant('m.time')}, d.version, ${instant('d.time')}
from ${tokenMembership} m left join ${tokenGroupDeletion} d using (token_group_id)
where m.token_id = any($1::bigint[]) limit $2`,
  };
}

/** How many pairs each token has. */
export function countPairsSql({ token, tokenMembership }: GenerationTables): Statement {
  return {
    name: `count_pairs_${token}`,
    text: `select token_id, count(*) from ${tokenMembership} where token_id = any($1::bigint[]) group by token_id`,
  };
}

export function loadDeletionsSql({ token, tokenGroupDeletion }: GenerationTables): Statement {
  return {
    name: `load_deletions_${token}`,
    text: `select token_group_id, version, ${instant('time')} from ${tokenGroupDeletion} where token_group_id = any($1::bigint[])`,
  };
}
