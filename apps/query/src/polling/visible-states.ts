import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MANY_CUSTOMERS } from '../list-tokens/list-scope.js';
import { before } from '../reading/before.js';
import { tookTooLong } from '../reading/read-failure.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { ReadModelState } from '../reading/reading.js';
import { sharedStates, sharedStatesSql, stateOf, type SharedStates } from './shared-states.sql.js';
import { countAndState, visibleStateSql } from './visible-state.sql.js';

const NO_ROWS = { rows: 1, bytes: 0 };
/** The customers of all who share a reading. */
const MOST_CUSTOMERS = 1_000;
/** A request that has no shared reading by then reads for itself, as it does if the shared one fails. */
const SHARED_WITHIN_MS = 250;

export interface VisibleState {
  readonly state: ReadModelState;
  /** The state of everything that these customers' tokens show. undefined: the tables do not tell it. */
  readonly visible: string | undefined;
}

interface SharedReading {
  readonly state: ReadModelState;
  /** undefined: the tables do not tell it. */
  readonly states: SharedStates | undefined;
}

interface Gathering {
  readonly customers: Set<number>;
  readonly reading: Promise<SharedReading>;
}

/**
 * Reads the state of what callers may see. All who ask before a reading begins share it: one small statement at a time, however many ask,
 * and none while nobody does. So nobody gets a state of before their question.
 */
@Injectable()
export class VisibleStates {
  private gathering: Gathering | undefined;
  /** Settled when the reading before has ended. */
  private turn: Promise<unknown> = Promise.resolve();
  /** The first reading tells of all erasures: pages may have been kept before it. */
  private lastPosition = 0;
  private readonly listeners: ((states: SharedStates) => void)[] = [];

  constructor(private readonly reader: ReadModelReader) {}

  /** @param listener gets the states of every shared reading before those who asked for it */
  whenRead(listener: (states: SharedStates) => void): void {
    this.listeners.push(listener);
  }

  /**
   * @param customers null: all customers
   * @param minPosition the state holds the events up to this position at least
   * @param tenant of the caller; undefined: one who may see all customers
   * @throws {ServiceError} 503 as of {@link ReadModelReader.read}
   */
  async of(customers: readonly number[] | null, minPosition?: bigint, tenant?: string): Promise<VisibleState> {
    const shared = minPosition === undefined ? await this.shared(customers) : undefined;
    if (!shared) return this.ofOne(customers, minPosition, tenant);
    return { state: shared.state, visible: shared.states && stateOf(shared.states, customers) };
  }

  private async ofOne(
    customers: readonly number[] | null,
    minPosition: bigint | undefined,
    tenant: string | undefined,
  ): Promise<VisibleState> {
    const { count, state, held } = await this.reader.read(
      (tables, wanted, schemaVersion) => visibleStateSql({ tables, schemaVersion, customers }, wanted),
      { ...NO_ROWS, tenant },
      minPosition,
    );
    held.release();
    return { state, visible: countAndState(count).state };
  }

  /** undefined: it has to be read for these customers alone. */
  private async shared(customers: readonly number[] | null): Promise<SharedReading | undefined> {
    const ids = customers ?? [];
    if (ids.length > MANY_CUSTOMERS) return undefined;
    const gathering = (this.gathering ??= this.gather());
    if (gathering.customers.size + ids.length > MOST_CUSTOMERS) return undefined;
    for (const id of ids) gathering.customers.add(id);
    const until = performance.now() + SHARED_WITHIN_MS;
    return before(until, gathering.reading, tookTooLong, () => undefined).catch(() => undefined);
  }

  private gather(): Gathering {
    const customers = new Set<number>();
    const reading = this.turn.then(() => nextTurn()).then(() => this.read(customers));
    this.turn = reading.catch(() => undefined);
    return { customers, reading };
  }

  private async read(customers: ReadonlySet<number>): Promise<SharedReading> {
    this.gathering = undefined;
    const asked = [...customers];
    const { count, state, held } = await this.reader.read(
      (tables, wanted, schemaVersion) =>
        sharedStatesSql({ tables, schemaVersion, customers: asked }, this.lastPosition, wanted),
      NO_ROWS,
    );
    held.release();
    const states = sharedStates(count);
    if (states) {
      this.lastPosition = states.newestOfAll;
      for (const listener of this.listeners) listener(states);
    }
    return { state, states };
  }
}
