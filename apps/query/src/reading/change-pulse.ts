import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge, Registry } from 'prom-client';
import { sqlState, UNDEFINED_TABLE } from '#service-runtime/postgres/postgres-errors.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { changedCustomersSql, MOMENT_SQL, MOST_CHANGES } from './change-pulse.sql.js';
import { isPassing, notMigrated, readFailure } from './read-failure.js';
import { ReadPools } from './read-pools.js';
import { WaitingPlaces } from './waiting-places.js';

/** The state is read this long after the last reading, while a request waits for a change. */
const EVERY_MS = 50;

/** A moment in the life of a read model: everything before it is known. */
export interface Moment {
  readonly lineage: string;
  readonly position: number;
  /** How many changes out of the order of the stream there were. */
  readonly turns: number;
}

interface Now extends Moment {
  readonly generation: number;
}

/** A wait for a change of what a caller may see. */
export interface ChangeWait {
  /** null: all customers. */
  readonly customers: readonly number[] | null;
  /** Of the caller; undefined: one who may see all customers. */
  readonly tenant: string | undefined;
  readonly since: Moment;
  /** Ends the wait, too, also where no token has changed. */
  readonly reached?: Moment | undefined;
  /** By `performance.now()`. */
  readonly until: number;
  /** The caller has gone. */
  readonly gone: AbortSignal | undefined;
}

interface Waiting extends ChangeWait {
  /** @param since nothing has changed until then; left out: something may have, or nobody may wait any more */
  readonly end: (since?: Moment) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Knows which customers' tokens have changed while a request waits for a change: one or two small statements for all that wait, and none
 * while no request does.
 */
@Injectable()
export class ChangePulse implements OnModuleDestroy {
  readonly places = new WaitingPlaces();
  private readonly waiting = new Set<Waiting>();
  /** What those who wait know at least. */
  private last: Moment | undefined;
  private hasEnded = false;

  constructor(
    private readonly pools: ReadPools,
    registry: Registry,
  ) {
    const { waiting } = this;
    new Gauge({
      name: 'query_change_waiters',
      help: 'Requests that wait for a change.',
      registers: [registry],
      collect() {
        this.set(waiting.size);
      },
    });
  }

  /** Whether the process is stopping: nobody may wait. */
  get isEnding(): boolean {
    return this.hasEnded;
  }

  /** All who wait get their answer now. Nest calls it before it waits for requests in flight. */
  onModuleDestroy(): void {
    this.hasEnded = true;
    for (const { end } of this.take(() => true)) end();
  }

  /**
   * Waits until something may have changed, it is too late, or the process stops. The tables say what has changed. Only for those who have
   * a place.
   * @returns if it is too late: the moment until which nothing has changed, from which the caller may wait on
   * @throws when the database does not answer
   */
  async whenChanged(wait: ChangeWait): Promise<Moment | undefined> {
    if (this.hasEnded || wait.gone?.aborted) return undefined;
    // Replicas behind one address may differ: without a pause, one who reads from the slower one would come back at once, again and again.
    if (this.last && isBefore(wait.since, this.last)) return sleep(EVERY_MS, undefined);
    return new Promise<Moment | undefined>((resolve, reject) => {
      const leave = () => this.waiting.delete(waiting) && resolve(undefined);
      // A caller who follows the changes waits again and again with the same signal.
      const forget = () => wait.gone?.removeEventListener('abort', leave);
      const waiting: Waiting = {
        ...wait,
        end: (since) => (forget(), resolve(since)),
        fail: (error) => (forget(), reject(error)),
      };
      this.waiting.add(waiting);
      wait.gone?.addEventListener('abort', leave, { once: true });
      if (this.last) return;
      this.last = wait.since;
      void this.beat();
    });
  }

  private async beat(): Promise<void> {
    while (this.waiting.size > 0) {
      try {
        await this.wakeThoseDue();
      } catch (error) {
        this.failed(error);
      }
      if (this.waiting.size > 0) await sleep(EVERY_MS);
    }
    this.last = undefined;
  }

  /**
   * Those who wait need no answer at once. So they are no victims of a replica that catches up, or of a generation that was dropped between
   * two statements.
   */
  private failed(error: unknown): void {
    if (isPassing(error) || sqlState(error) === UNDEFINED_TABLE)
      for (const { end, since } of this.take(isLate)) end(since);
    else for (const { fail } of this.take(() => true)) fail(readFailure(error));
  }

  private async wakeThoseDue(): Promise<void> {
    const last = this.last!;
    const now = await this.now();
    const hasChanged = await this.changesBetween(last, now);
    this.last = now;
    const isThere = ({ reached }: Waiting) => reached !== undefined && !isBefore(now, reached);
    for (const { end } of this.take((waiting) => hasChanged(waiting) || isThere(waiting))) end();
    for (const { end } of this.take(isLate)) end(now);
  }

  /** @returns whether something may have changed for a caller */
  private async changesBetween(last: Moment, now: Now): Promise<(of: Waiting) => boolean> {
    if (last.lineage !== now.lineage) return () => true;
    if (!isBefore(last, now)) return () => false;
    const rows = await this.query<{ customer_id: string | null }>({
      ...changedCustomersSql(generationTables(now.generation)),
      values: [last.position, last.turns, now.position],
    });
    // A page looks at the rows again, so that it does no harm to wake too many.
    const changed = new Set(rows.map(({ customer_id: id }) => Number(id)));
    if (rows.length > MOST_CHANGES) return () => true;
    const hasAny = anyOf(changed);
    return (waiting) => (waiting.customers ? hasAny(waiting.customers, waiting.tenant) : changed.size > 0);
  }

  private async now(): Promise<Now> {
    const [row] = await this.query<Omit<Now, 'position'> & { readonly position: string }>({ text: MOMENT_SQL });
    if (!row) throw notMigrated();
    return { ...row, position: Number(row.position) };
  }

  private query<Row extends object>(statement: { text: string; name?: string; values?: unknown[] }): Promise<Row[]> {
    const { queues, state } = this.pools;
    return queues.state.run(0, async (held) => {
      held.release();
      return (await state.query<Row>(statement)).rows;
    });
  }

  private take(isOver: (waiting: Waiting) => boolean): readonly Waiting[] {
    const over = [...this.waiting].filter(isOver);
    for (const waiting of over) this.waiting.delete(waiting);
    return over;
  }
}

/** A moment of another lineage is another moment in any case. */
function isBefore(one: Moment, other: Moment): boolean {
  return one.lineage !== other.lineage || one.position < other.position || one.turns < other.turns;
}

/** Looks once for each tenant: very many callers may wait for the same thousands of customers. */
function anyOf(changed: ReadonlySet<number>): (customers: readonly number[], tenant: string | undefined) => boolean {
  const known = new Map<string, boolean>();
  return (customers, tenant = '') => {
    const isAny = known.get(tenant) ?? customers.some((id) => changed.has(id));
    if (tenant !== '') known.set(tenant, isAny);
    return isAny;
  };
}

function isLate({ until }: Waiting): boolean {
  return performance.now() >= until;
}
