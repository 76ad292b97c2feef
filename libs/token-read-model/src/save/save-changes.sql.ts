import { ALL_CUSTOMERS } from '../count-table.js';
import type { GenerationTables } from '../generation-tables.js';
import type { Statement } from '#projection/store/statement.js';

export function saveTokensSql({ token }: GenerationTables): Statement {
  const text = `insert into ${token} as t (id, version, customer_id, facet, created_at, valid_from, expires_at, own_updated_at, document)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[])
on conflict (id) do update set
  version = excluded.version, customer_id = excluded.customer_id, facet = excluded.facet, created_at = excluded.created_at,
  valid_from = excluded.valid_from, expires_at = excluded.expires_at, own_updated_at = excluded.own_updated_at, document = excluded.document
where excluded.version >= t.version`;
  return { name: `save_tokens_${token}`, text };
}

export function saveUpdatedSql({ token, tokenUpdated }: GenerationTables): Statement {
  const text = `insert into ${tokenUpdated} (id, customer_id, facet, updated_at, position, turn)
select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::timestamptz[], $5::bigint[], $6::bigint[])
on conflict (id) do update set
  customer_id = excluded.customer_id, facet = excluded.facet, updated_at = excluded.updated_at,
  position = excluded.position, turn = excluded.turn`;
  return { name: `save_updated_${token}`, text };
}

/** In place of the app user of a token without one: arrays are passed without nulls. Ids of app users start at 1. */
export const NOBODY = 0;

/** Facet, uid, label and app user seldom change: a row without a change is not written. */
export function saveSearchSql({ token, tokenSearch }: GenerationTables): Statement {
  const text = `insert into ${tokenSearch} (id, facet, text, app_user_id)
select given.* from (
  select id, facet, text, nullif(app_user_id, ${NOBODY}) as app_user_id
  from unnest($1::bigint[], $2::smallint[], $3::text[], $4::bigint[]) given (id, facet, text, app_user_id)
) given left join ${tokenSearch} known using (id)
where (known.facet, known.text, known.app_user_id) is distinct from (given.facet, given.text, given.app_user_id)
on conflict (id) do update set facet = excluded.facet, text = excluded.text, app_user_id = excluded.app_user_id`;
  return { name: `save_search_${token}`, text };
}

export function saveErasuresSql({ token, tokenErasure }: GenerationTables): Statement {
  const text = `insert into ${tokenErasure} (id, version) select * from unnest($1::bigint[], $2::bigint[])
on conflict (id) do update set version = excluded.version`;
  return { name: `save_erasures_${token}`, text };
}

export function saveMembershipsSql({ token, tokenMembership }: GenerationTables): Statement {
  const text = `insert into ${tokenMembership} (token_id, token_group_id, version, is_member, time)
select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::timestamptz[])
on conflict (token_id, token_group_id) do update set version = excluded.version, is_member = excluded.is_member, time = excluded.time`;
  return { name: `save_memberships_${token}`, text };
}

export function saveDeletionsSql({ token, tokenGroupDeletion }: GenerationTables): Statement {
  const text = `insert into ${tokenGroupDeletion} (token_group_id, version, time) select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[])
on conflict (token_group_id) do update set version = excluded.version, time = excluded.time`;
  return { name: `save_deletions_${token}`, text };
}

/**
 * For a token that is gone for everybody, all its former customers get the same place: they see that it is no longer just somebody else's.
 */
export function saveGoneSql({ token, tokenGone }: GenerationTables): Statement {
  const text = `with given as (
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) given (customer_id, id, position, turn)
)
insert into ${tokenGone} (customer_id, id, position, turn)
select customer_id, id, position, turn from given
union
select former.customer_id, id, given.position, given.turn from given join ${tokenGone} former using (id) where given.customer_id = ${ALL_CUSTOMERS}
on conflict (id, customer_id) do update set position = excluded.position, turn = excluded.turn`;
  return { name: `save_gone_${token}`, text };
}

export function removeGoneSql({ token, tokenGone }: GenerationTables): Statement {
  const text = `delete from ${tokenGone} g using unnest($1::bigint[], $2::bigint[]) given (customer_id, id)
where g.id = given.id and g.customer_id = given.customer_id`;
  return { name: `remove_gone_${token}`, text };
}

export function saveCountsSql({ token, tokenCount }: GenerationTables): Statement {
  const text = `insert into ${tokenCount} as c (customer_id, facet, tokens) select * from unnest($1::bigint[], $2::smallint[], $3::bigint[])
on conflict (customer_id, facet) do update set tokens = c.tokens + excluded.tokens`;
  return { name: `save_counts_${token}`, text };
}

/** @param table a table with a row for every token */
export function removeSql({ token }: GenerationTables, table: string): Statement {
  return { name: `remove_${table}_${token}`, text: `delete from ${table} where id = any($1::bigint[])` };
}
