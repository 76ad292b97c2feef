import type { Pool } from 'pg';

/**
 * Whether an operator has decided against a rebuild from the stream as it is now: has cancelled it, or has gone back from what it
 * made, and the live generation has not been up to date with any stream since. The next decision is the operator's too.
 */
export async function operatorDecided(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ decided: boolean }>(
    `select f.status ->> 'state' = 'cancelled' or f.status ->> 'kind' = 'rollback' as decided
    from finished_job f join generation g on g.state = 'live'
    where (f.status ->> 'kind' = 'rebuild' and f.status ->> 'state' in ('done', 'cancelled') or f.status ->> 'isFrozen' = 'true')
      and f.finished_at > coalesce(g.caught_up_at, '-infinity')
    order by f.id desc limit 1`,
  );
  return rows[0]?.decided ?? false;
}
