import type { Statement } from '#projection/store/statement.js';
import type { GenerationTables } from '../generation-tables.js';

/** Small groups are done in one transaction, up to so many. */
const GROUPS_AT_ONCE = 100;

/**
 * The next members of the deleted groups whose members are still to be changed, oldest deletion first; a group without a token has none
 * left. The lateral join keeps the groups in their order. Locked, so that a deletion with a higher version cannot begin again in between.
 */
export function nextMembersSql({ token, tokenMembership }: GenerationTables): Statement {
  return {
    name: `next_members_${token}`,
    text: `select s.item, m.token_id
from (
  select item, last_done from deferred_work where generation = $1 order by complete_to, item
  limit ${GROUPS_AT_ONCE} for update
) s left join lateral (
  select token_id from ${tokenMembership} where token_group_id = s.item and version > 0 and token_id > s.last_done
  order by token_id limit $2
) m on true
limit $2`,
  };
}
