import type { Client, ClientBase } from 'pg';
import type { HeaderEntries } from './stream/message-headers.js';
import type { TableTemplate } from './table-template.js';

/** An event, as far as the engine must know it. */
export interface ProjectedEvent {
  /** One of few: a label of the metrics. */
  readonly type: string;
  /** For the log. */
  readonly eventId: string;
}

/** `event`: apply it. `skipped`: a type that the projection does not know, count it. `rejected`: park it with the reason. */
export type Decoded<Event = ProjectedEvent> =
  { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'skipped'; readonly type: string } | Rejected;

interface Rejected extends EventTraces {
  readonly kind: 'rejected';
  readonly reason: string;
}

/** What a message tells about itself, for logs and metrics, even where it cannot be applied. */
export interface EventTraces {
  readonly type?: string | undefined;
  readonly eventId?: string | undefined;
  /** Ids that may stand in a log, by name: never what tells of a person. */
  readonly ids?: Readonly<Record<string, number | string | undefined>>;
}

/**
 * A read model that is made from the events of a stream. The engine reads the stream, keeps position, lease and dead letters, rebuilds and
 * proves; this says what an event does to the tables. Effects must depend on the versions of the events alone: the same events in any
 * order, any number of times and in any batches must leave the same rows.
 */
export interface Projection<Event extends ProjectedEvent = ProjectedEvent> {
  /** Under this name the database keeps its generations, its lease, its position and its dead letters. */
  readonly name: string;
  /** Raised when a table or the meaning of a column changes: the next start of a projector then makes new tables by a rebuild. */
  readonly schemaVersion: number;
  /** The oldest schema version whose readers can read these tables. */
  readonly readableSince: number;
  /** Every table of a generation. */
  readonly tables: readonly TableTemplate[];
  /** How messages to operators speak of it. */
  readonly words: ProjectionWords;

  /** Whatever is wrong with a message is a reason to reject it; a message at which this throws is parked, too. */
  decode(payload: Uint8Array, headers: HeaderEntries): Decoded<Event>;
  /** How many rows an event can touch, about: batches are cut by that. */
  weigh(event: Event): number;
  /** What the subject of an event must name so that no other key's events are on it. */
  keyOf(event: Event): EventKey;
  /** Whether two events give the same version of the same key: then only one of them was applied. */
  isSameVersion(one: Event, other: Event): boolean;
  /** Inside the caller's transaction. Rejects with whatever PostgreSQL says. */
  apply(client: Client, events: readonly Event[], target: ApplyTarget<Event>): Promise<Applied<Event>>;
  /** Compares what an event that was applied says with what the tables say now; a later event may have gone beyond it. */
  sample(client: ClientBase, generation: number, event: Event): Promise<SampleResult>;
  /** How many rows the list of a generation holds: what a rebuild must not lose without an operator. */
  countRows(client: ClientBase, generation: number): Promise<number>;
  /** Left out where no event can touch more rows than a transaction should. */
  readonly deferred?: DeferredWork;
}

interface ProjectionWords {
  /** What the list holds: "tokens". */
  readonly rows: string;
  /** What its events tell of: "tokens and groups". */
  readonly subjects: string;
  /** The command of its operators: "tokenctl". */
  readonly tool: string;
  /** All of it: "token read model". */
  readonly model: string;
  /** Its projectors, as NATS and PostgreSQL know them: "token-projector". */
  readonly projector: string;
}

export interface EventKey {
  /** Each is to stand in the subject as a part of its own. */
  readonly parts: readonly (number | string)[];
  /** The same in words: "the token 5". */
  readonly words: string;
  /** For the log. */
  readonly ids: Readonly<Record<string, number | string>>;
}

/** Where events are applied. */
export interface ApplyTarget<Event> {
  readonly generation: number;
  /** Work on more rows than this is recorded for later, see {@link DeferredWork}. 0: all such work is. */
  readonly rowsAtOnce: number;
  /** @returns the sequence before the first of the events for which it is true: the answers hold that much until the work is done */
  readonly completeBefore: (isIt: (event: Event) => boolean) => number;
}

/** What has become of events. */
export interface Applied<Event> {
  /** Those that changed something; the others were stale. */
  readonly effective: ReadonlySet<Event>;
  /** Work that is left for later. */
  readonly deferred: readonly Deferred[];
  /** Statements that are on their way: the caller waits for them with its own. */
  readonly written: Promise<unknown>;
}

/** A piece of work on many rows. */
export interface Deferred {
  /** What it is about: the id of a group, for instance. A second piece for the same item begins again from the first row. */
  readonly item: number;
  /** Stream sequence up to which the answers hold everything until the work is done. */
  readonly completeTo: number;
}

/** How far a part of the deferred work has come. */
export interface DeferredProgress {
  /** Items without any more rows. */
  readonly ended: readonly number[];
  /** The item that has more, and its last row that is done. */
  readonly begun: { readonly item: number; readonly lastDone: number; readonly rows: number } | undefined;
  /** Statements that are on their way. */
  readonly written: Promise<unknown>;
}

/** Work on more rows than one transaction should touch: it is done part by part between the batches, in the order of the rows' keys. */
export interface DeferredWork {
  readonly rowsAtOnce: number;
  /** Whether the rows can be found quickly: a generation that is being filled lacks its indexes. */
  isReady(client: ClientBase, generation: number): Promise<boolean>;
  makeReady(client: ClientBase, generation: number): Promise<void>;
  /** Does the next part, inside the caller's transaction; doing it twice must change nothing. Table `deferred_work` says what there is. */
  proceed(client: Client, generation: number, rows: number): Promise<DeferredProgress>;
}

/** What the read model must show of an applied event is there (`ok`), or is not. */
export type SampleResult = 'ok' | 'missing' | 'different';
