import type { GenerationTables } from '#read-model/generation-tables.js';
import type { WriteStatement } from './write-statement.js';

/** Small groups are swept together, up to so many in one transaction. */
const GROUPS_AT_ONCE = 100;

/**
 * A deletion with a higher version begins from the first member again. What the answers hold completely is told by the earliest.
 * The generation's own row says it too, so that readers need not look here.
 */
export const RECORD_SWEEPS: WriteStatement = {
  name: 'record_sweeps',
  text: `with recorded as (
  insert into group_sweep as s (generation, token_group_id, complete_to)
  select $1, * from unnest($2::bigint[], $3::bigint[])
  on conflict (generation, token_group_id) do update
  set complete_to = least(s.complete_to, excluded.complete_to), after_token_id = 0, members_done = 0
  returning s.complete_to
)
update generation set complete_to = least(complete_to, (select min(recorded.complete_to) from recorded)) where number = $1`,
};

/**
 * The next members of the groups that are swept, oldest deletion first; a group without a token has none left. The lateral
 * join keeps the groups in their order. Locked, so that a deletion with a higher version cannot begin again in between.
 */
export function nextMembersSql({ token, tokenMembership }: GenerationTables): WriteStatement {
  return {
    name: `next_members_${token}`,
    text: `select s.token_group_id, m.token_id
from (
  select token_group_id, after_token_id from group_sweep where generation = $1 order by complete_to, token_group_id
  limit ${GROUPS_AT_ONCE} for update
) s left join lateral (
  select token_id from ${tokenMembership} where token_group_id = s.token_group_id and version > 0 and token_id > s.after_token_id
  order by token_id limit $2
) m on true
limit $2`,
  };
}

export const MOVE_SWEEP: WriteStatement = {
  name: 'move_sweep',
  text: `update group_sweep set after_token_id = $3, members_done = members_done + $4 where generation = $1 and token_group_id = $2`,
};

export const END_SWEEPS: WriteStatement = {
  name: 'end_sweeps',
  text: `delete from group_sweep where generation = $1 and token_group_id = any($2::bigint[])`,
};

export const COUNT_SWEEPS: WriteStatement = {
  name: 'count_sweeps',
  text: `select count(*) as sweeps from group_sweep where generation = $1`,
};
