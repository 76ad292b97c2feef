import type { GenerationTables } from '#read-model/generation-tables.js';
import type { WriteStatement } from './write-statement.js';

/** Reads a timestamptz back in the spelling of the events. */
const instant = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Every token that was ever named together with one of these groups. */
export function loadMembersSql({ token, tokenMembership }: GenerationTables): WriteStatement {
  return {
    name: `load_members_${token}`,
    text: `select distinct token_id from ${tokenMembership} where token_group_id = any($1::bigint[])`,
  };
}

export function loadTokensSql({ token }: GenerationTables): WriteStatement {
  return {
    name: `load_tokens_${token}`,
    text: `select id, version, customer_id, facet, ${instant('own_updated_at')}, case when id = any($2::bigint[]) then document end
from ${token} where id = any($1::bigint[])`,
  };
}

export function loadErasuresSql({ token, tokenErasure }: GenerationTables): WriteStatement {
  return {
    name: `load_erasures_${token}`,
    text: `select id, version from ${tokenErasure} where id = any($1::bigint[])`,
  };
}

/** Memberships of tokens, and the deletions of their groups. */
export function loadPairsSql({ token, tokenMembership, tokenGroupDeletion }: GenerationTables): WriteStatement {
  return {
    name: `load_pairs_${token}`,
    text: `select m.token_id, m.token_group_id, m.version, m.is_member, ${instant('m.time')}, d.version, ${instant('d.time')}
from ${tokenMembership} m left join ${tokenGroupDeletion} d using (token_group_id)
where m.token_id = any($1::bigint[])`,
  };
}

export function loadDeletionsSql({ token, tokenGroupDeletion }: GenerationTables): WriteStatement {
  return {
    name: `load_deletions_${token}`,
    text: `select token_group_id, version, ${instant('time')} from ${tokenGroupDeletion} where token_group_id = any($1::bigint[])`,
  };
}
