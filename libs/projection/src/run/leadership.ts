import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { ServiceError } from '#service-runtime/service-error.js';
import type { Projection } from '../projection.js';
import type { Lease } from '../store/lease.js';
import { markStale } from '../store/live-generation.js';
import { fenced } from '../store/transaction.js';
import type { Position, SourceDoubt } from '../stream/position.js';
import { DeferredWorker } from './deferred-worker.js';

type Task = (leading: Leadership) => Promise<void>;

/**
 * The objects that a leader holds while it leads: the writing connection, the lease, and the position of the live generation. Work that
 * must not run beside a batch is queued here; the loop that applies the batches does it between two batches.
 */
export class Leadership {
  private readonly tasks: Task[] = [];
  private over: Error | undefined;
  /** Ends the loop's wait for messages. */
  private wake = (): void => undefined;
  /** The deferred work of the live generation. */
  readonly deferred: DeferredWorker;
  /** Set while the position belongs to another stream. */
  isHalted = false;
  /** Set while the live generation has another release's schema: this release must not write it. */
  isOtherSchema = false;
  /** Set if the lease was taken for a job that replaces such a generation. */
  isChangingSchema = false;

  constructor(
    readonly projection: Projection,
    readonly client: Client,
    readonly lease: Lease,
    public position: Position,
    /** The statement timeout of the connection when it was made. */
    readonly statementTimeoutMs: number,
  ) {
    this.deferred = DeferredWorker.for(projection);
  }

  /** Whether this process must not feed the live generation, so that its position stays. */
  get isStill(): boolean {
    return this.isHalted || this.isOtherSchema;
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  /** Runs work between two batches; meanwhile nothing is written to the live generation. Rejects if leading ends first. */
  betweenBatches<T>(work: (leading: Leadership) => Promise<T>): Promise<T> {
    if (this.over) return Promise.reject(this.over);
    return new Promise<T>((resolve, reject) => {
      this.tasks.push((leading) => (leading.over ? Promise.reject(leading.over) : work(leading)).then(resolve, reject));
      this.wake();
    });
  }

  get hasTasks(): boolean {
    return this.tasks.length > 0;
  }

  /** Called by the loop before it waits. @param wake called for each task that is handed in */
  onTask(wake: () => void): void {
    this.wake = wake;
  }

  /** The wait of a loop that reads no messages: ends early for a task. */
  async idle(ms: number, stopping: AbortSignal): Promise<void> {
    if (this.hasTasks || stopping.aborted) return;
    const ended = new AbortController();
    const end = () => ended.abort();
    this.onTask(end);
    // Not AbortSignal.any: on Node 20 each of its signals stays with the one that lives as long as the process.
    stopping.addEventListener('abort', end, { once: true });
    await sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined);
    stopping.removeEventListener('abort', end);
  }

  /** Called by the loop: the live generation is no longer kept up to date. @param doubts what the stream has to disprove first */
  async markStale(because: string, doubts: readonly SourceDoubt[] = this.position.doubts ?? []): Promise<void> {
    const { client, lease, position } = this;
    const news = doubts === position.doubts ? null : doubts;
    await fenced(client, lease, () => markStale(client, position.generation, because, news));
    this.position = { ...position, doubts };
  }

  /**
   * Called by the loop. A failed task rejects the promise of its caller and does not stop the loop. Ends when another generation becomes
   * live: the tasks behind depend on its schema and its stream, which the loop must read first.
   */
  async runTasks(): Promise<void> {
    const { generation } = this.position;
    while (this.position.generation === generation) {
      const task = this.tasks.shift();
      if (!task) return;
      await task(this);
      // The caller that waited for this task may hand in the next part of its order, which must not wait for another batch.
      if (!this.hasTasks) await setImmediate();
    }
  }

  async end(): Promise<void> {
    // An operator may wait for a queued task.
    this.over = new NoLongerLeads();
    await this.runTasks();
  }
}

/** The refusal of an order that this projector did not carry out, because another one may lead already. */
export class NoLongerLeads extends ServiceError {
  constructor(
    cause?: unknown,
    message = 'This projector no longer leads. The one that leads now may have carried it out: look at the status before you ask again.',
  ) {
    super(503, message, { cause });
  }
}
