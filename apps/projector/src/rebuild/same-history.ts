import type { Client } from 'pg';
import { generationTables, type GenerationTables } from '#read-model/generation-tables.js';
import { readPosition } from '../consume/position.js';
import { JobFailed } from './job-ended.js';

/**
 * A repair believes what an archive tells, so it must be one of the same events: the live generation knows most of what it tells, since
 * that is what it was made from. Of a stream of other tokens, or of other states of them, it does not.
 * @param generation which holds what the archive tells, and nothing else yet
 * @throws {JobFailed} when the live generation says nothing or something else of more than half
 */
export async function ensureSameHistory(client: Client, generation: number, archive: string): Promise<void> {
  const live = generationTables((await readPosition(client)).generation);
  const { rows } = await client.query<{ told: string; known: string }>(
    `select count(*) as told, count(*) filter (where is_known) as known from (${factsSql(live, generationTables(generation))}) facts`,
  );
  const [told, known] = [Number(rows[0]!.told), Number(rows[0]!.known)];
  if (known * 2 >= told) return;
  throw new JobFailed(
    `${archive} tells ${told} things of tokens and groups, and ${told - known} of them the live generation does not know or knows otherwise: it is taken for a stream of other events, and nothing was changed. Where it is right, rebuild from it (tokenctl rebuild --stream ${archive} --accept-differences)`,
  );
}

/** One row per fact of the archive: whether the live generation has it, or what took its place. */
function factsSql(live: GenerationTables, told: GenerationTables): string {
  return `
    select (l.version > t.version or e.version >= t.version or (l.version = t.version
      and (l.customer_id, l.created_at, l.own_updated_at) = (t.customer_id, t.created_at, t.own_updated_at))) is true as is_known
    from ${told.token} t left join ${live.token} l using (id) left join ${live.tokenErasure} e using (id)
    union all
    select (e.version >= t.version or l.version > t.version) is true
    from ${told.tokenErasure} t left join ${live.tokenErasure} e using (id) left join ${live.token} l using (id)
    union all
    select (l.version >= t.version) is true
    from ${told.tokenMembership} t left join ${live.tokenMembership} l using (token_id, token_group_id)
    union all
    select (l.version >= t.version) is true
    from ${told.tokenGroupDeletion} t left join ${live.tokenGroupDeletion} l using (token_group_id)`;
}
