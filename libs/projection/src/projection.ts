import type { Client, ClientBase } from 'pg';
import type { ChangeOrder, ChangePlace } from './change-order.js';
import type { HeaderEntries } from './stream/message-headers.js';
import type { TableTemplate } from './table-template.js';

/** The part of an event that the engine must know. */
export interface ProjectedEvent {
  /** A label of the metrics, so it has few values. */
  readonly type: string;
  /** For logs. */
  readonly eventId: string;
  /** Its W3C `traceparent` if the event has one of its own, as it stands there. The engine reads the message's headers by itself. */
  readonly traceparent?: string | undefined;
}

/** `event`: apply it. `skipped`: the projection does not know its type, count it. `rejected`: park it with the reason. */
export type Decoded<Event = ProjectedEvent> =
  { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'skipped'; readonly type: string } | Rejected;

interface Rejected extends EventTraces {
  readonly kind: 'rejected';
  readonly reason: string;
}

/** Facts about a message for logs and metrics, even if the message cannot be applied. */
export interface EventTraces {
  readonly type?: string | undefined;
  readonly eventId?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Ids that a log may hold, by name: never anything that identifies a person. */
  readonly ids?: Readonly<Record<string, number | string | undefined>>;
}

/**
 * A read model made from the events of a stream. The engine reads the stream, stores position, lease and dead letters, rebuilds and
 * verifies. The projection says how an event changes the tables. Effects must depend on the versions of the events alone: the same events
 * in any order, any number of times and in any batches must leave the same rows.
 */
export interface Projection<Event extends ProjectedEvent = ProjectedEvent> {
  /** The database stores generations, lease, position and dead letters under this name. */
  readonly name: string;
  /** Raise it when a table or the meaning of a column changes: the next start of a projector then makes new tables by a rebuild. */
  readonly schemaVersion: number;
  /** The oldest schema version whose readers can read these tables. */
  readonly readableSince: number;
  /** Every table of a generation. */
  readonly tables: readonly TableTemplate[];
  /** The words for it in messages to operators. */
  readonly words: ProjectionWords;

  /** Rejects a message for any fault. If `decode` throws, the engine parks the message, too. */
  decode(payload: Uint8Array, headers: HeaderEntries): Decoded<Event>;
  /** About how many rows an event can touch: it limits the size of batches. */
  weigh(event: Event): number;
  /** The key of an event. The subject must name it, so that no other key's events are on that subject. */
  keyOf(event: Event): EventKey;
  /** Whether two events give the same version of the same key: then only one of them was applied. */
  isSameVersion(one: Event, other: Event): boolean;
  /**
   * Applies events inside the caller's transaction. Rejects with the error of PostgreSQL. If it throws although no statement has failed,
   * the engine finds the event that it throws for, and parks that.
   */
  apply(client: Client, events: readonly Event[], target: ApplyTarget<Event>): Promise<Applied<Event>>;
  /** Compares an applied event with the current tables; a later event may have changed the row further. */
  sample(client: ClientBase, generation: number, event: Event): Promise<SampleResult>;
  /** How many rows the list of a generation holds. A rebuild must not lose many of them without an operator. */
  countRows(client: ClientBase, generation: number): Promise<number>;
  /** Left out if no event can touch more rows than one transaction should. */
  readonly deferred?: DeferredWork;
  /** Left out if no reader follows the changes one by one. */
  readonly changes?: ChangeOrder;
}

interface ProjectionWords {
  /** The rows of the list: "tokens". */
  readonly rows: string;
  /** The subjects of its events: "tokens and groups". */
  readonly subjects: string;
  /** The command for operators: "tokenctl". */
  readonly tool: string;
  /** The whole read model: "token read model". */
  readonly model: string;
  /** The name of its projectors for NATS and PostgreSQL: "token-projector". */
  readonly projector: string;
}

export interface EventKey {
  /** Each must be a part of the subject. */
  readonly parts: readonly (number | string)[];
  /** The same in words: "the token 5". */
  readonly words: string;
  /** For logs. */
  readonly ids: Readonly<Record<string, number | string>>;
}

/** The place where events are applied. */
export interface ApplyTarget<Event> {
  readonly generation: number;
  /** Work on more rows than this is recorded for later, see {@link DeferredWork}. 0: all such work is. */
  readonly rowsAtOnce: number;
  /** @returns the sequence before the first event for which `isIt` is true: until the work is done, answers claim no later position */
  readonly completeBefore: (isIt: (event: Event) => boolean) => number;
  /** The place of what an event changes, in the order of all changes. */
  placeOf(event: Event): ChangePlace;
}

/** The result of applying events. */
export interface Applied<Event> {
  /** Events that changed something; the others were stale. */
  readonly effective: ReadonlySet<Event>;
  /** Work recorded for later. */
  readonly deferred: readonly Deferred[];
  /** Statements already sent: the caller waits for them with its own. */
  readonly written: Promise<unknown>;
}

/** A piece of work on many rows. */
export interface Deferred {
  /** The subject of the work: the id of a group, for instance. Recording work for the same item again restarts it from the first row. */
  readonly item: number;
  /** The stream sequence that answers claim until the work is done. */
  readonly completeTo: number;
}

/** The result of one part of the deferred work. */
export interface DeferredProgress {
  /** Items that have no more rows. */
  readonly ended: readonly number[];
  /** The item that has more rows, and the last of its rows that is done. */
  readonly begun: { readonly item: number; readonly lastDone: number; readonly rows: number } | undefined;
  /** Statements already sent. */
  readonly written: Promise<unknown>;
}

/** Work on more rows than one transaction should touch: the engine does it in parts between the batches, in the order of the rows' keys. */
export interface DeferredWork {
  readonly rowsAtOnce: number;
  /** Whether PostgreSQL can find the rows quickly: a generation that is being filled lacks its indexes. */
  isReady(client: ClientBase, generation: number): Promise<boolean>;
  makeReady(client: ClientBase, generation: number): Promise<void>;
  /**
   * Does the next part, inside the caller's transaction; doing it twice must change nothing. Table `deferred_work` holds the work.
   * @param now the place of a change now. Until the work is done, readers see no place after the `complete_to` of its item, so its changes
   * may also have an earlier place after that.
   */
  proceed(client: Client, generation: number, rows: number, now: ChangePlace): Promise<DeferredProgress>;
}

/** Whether the read model shows an applied event (`ok`) or not. */
export type SampleResult = 'ok' | 'missing' | 'different';
