import type { Statement } from '#projection/store/statement.js';
import type { GenerationTables } from '../generation-tables.js';
import { inGroup } from '../load/load-current.sql.js';

/** One transaction handles up to this many small groups. */
const GROUPS_AT_ONCE = 100;

/**
 * The next members of deleted groups that are still to be changed, oldest deletion first. A group whose row has no token has no members
 * left. The lateral join keeps the order of the groups. The rows are locked, so that no deletion with a higher version can start again
 * meanwhile.
 */
export function nextMembersSql({ token, tokenMembership }: GenerationTables): Statement {
  return {
    name: `next_members_${token}`,
    text: `select s.item, m.token_id
from (
  select item, last_done from deferred_work where generation = $1 order by complete_to, item
  limit ${GROUPS_AT_ONCE} for update
) s left join lateral (
  select o.token_id from ${tokenMembership} o where ${inGroup('o', 's.item', 's.last_done')} and o.version > 0
  order by o.token_group_id, o.token_id limit $2
) m on true
limit $2`,
  };
}
