import pg from 'pg';
import type { JobPhase } from '#projection/job.js';
import { atEnd } from '../support/at-end.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

const GATE = 77;

/** What makes a worker stand still in the middle of a phase: a trigger that waits for a lock of ours. */
const TRIGGERS: Readonly<Partial<Record<JobPhase, string>>> = {
  filling: `before update of position on generation for each row when (new.job ->> 'phase' = 'filling' and new.position > 100)`,
  'catching up': `before update of position on generation for each row when (new.job ->> 'phase' = 'catching up')`,
  switching: `before update of state on generation for each row when (new.state = 'live')`,
};

/** Keeps a rebuild from getting beyond a point, so that something can happen to it right there. */
export class HoldPoints {
  private constructor(
    private readonly database: TestDatabase,
    private readonly client: pg.Client,
  ) {}

  static async open(database: TestDatabase): Promise<HoldPoints> {
    const client = await connect(database);
    await client.query(`create or replace function wait_at_gate() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(${GATE}); return new; end $$`);
    return new HoldPoints(database, client);
  }

  /** Call it before the rebuild is begun. @returns waits until it stands there, and what lets it, or its successor, go on */
  async at(phase: JobPhase, generation: number): Promise<{ reached: Promise<unknown>; release: () => Promise<void> }> {
    switch (phase) {
      case 'filling':
      case 'catching up':
      case 'switching':
        return this.atTrigger(TRIGGERS[phase]!);
      case 'indexing':
        return this.atIndexes(generation);
      case 'proving':
      case 'repairing':
        return { reached: this.comparing(), release: () => Promise.resolve() };
    }
  }

  /** Before the new generation has a stream: nothing of one is read. */
  beforeReading(): Promise<{ reached: Promise<unknown>; release: () => Promise<void> }> {
    return this.atTrigger('before update of position on generation for each row when (old.stream_created is null)');
  }

  /** In the middle of the proof: what it compares is what there was before, and batches go on. */
  async inProof(generation: number): Promise<{ reached: Promise<unknown>; release: () => Promise<void> }> {
    const begins = await this.atTrigger(
      `before update of job on generation for each row when (new.job ->> 'phase' = 'proving')`,
    );
    const locker = await connect(this.database);
    const reached = begins.reached
      .then(() => locker.query(`begin; lock table token_${generation} in access exclusive mode`))
      .then(begins.release)
      .then(() => this.waitingToCompare());
    return { reached, release: async () => void (await locker.query('rollback')) };
  }

  private async atTrigger(trigger: string): Promise<{ reached: Promise<unknown>; release: () => Promise<void> }> {
    await this.client.query(`select pg_advisory_lock(${GATE})`);
    await this.client.query(`create trigger gate ${trigger} execute function wait_at_gate()`);
    const reached = this.waiting(`locktype = 'advisory' and objid = ${GATE}`);
    const release = async () => {
      await this.client.query(`select pg_advisory_unlock(${GATE})`);
      await this.client.query('drop trigger gate on generation');
    };
    return { reached, release };
  }

  /** Writers may continue; a session that builds an index must wait. */
  private async atIndexes(generation: number): Promise<{ reached: Promise<unknown>; release: () => Promise<void> }> {
    const table = `token_${generation}`;
    const there = eventually(
      'the tables',
      async () => (await this.database.query<{ oid: string | null }>(`select to_regclass('${table}') as oid`))[0]!.oid,
      { every: 5 },
    );
    const reached = there
      .then(() => this.client.query(`begin; lock table ${table} in row exclusive mode`))
      .then(() => this.waiting(`mode = 'ShareLock' and relation = '${table}'::regclass`));
    return { reached, release: async () => void (await this.client.query('rollback')) };
  }

  private waiting(which: string): Promise<unknown> {
    return eventually('the rebuild to be held', () => isLockAwaited(this.database, which), { within: 30_000 });
  }

  private waitingToCompare(): Promise<unknown> {
    return eventually(
      'the comparison to wait',
      async () => {
        const { rowCount } = await this.client.query(
          `select 1 from pg_stat_activity where application_name = 'token-projector-compare' and wait_event_type = 'Lock'
          and datname = current_database()`,
        );
        return rowCount! > 0;
      },
      { within: 30_000 },
    );
  }

  private comparing(): Promise<unknown> {
    return eventually(
      'the comparison',
      async () => {
        const { rowCount } = await this.client.query(
          `select 1 from pg_stat_activity where application_name = 'token-projector-compare' and state = 'active'
          and datname = current_database() and query like '%hashtextextended%'`,
        );
        return rowCount! > 0;
      },
      { within: 30_000, every: 1 },
    );
  }
}

async function connect(database: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'test-hold' });
  client.on('error', () => undefined);
  await client.connect();
  atEnd('letting a rebuild go', () => client.end());
  return client;
}
