import type { Client } from 'pg';
import { ServiceError } from '#service-runtime/service-error.js';
import type { Projection } from '../projection.js';
import type { Lease } from '../store/lease.js';
import type { Position } from '../stream/position.js';
import { DeferredWorker } from './deferred-worker.js';

type Task = (leading: Leadership) => Promise<void>;

/**
 * What a leader holds while it leads: the writing connection, the lease, and the position of the live generation. Work that
 * must not run beside a batch is handed in here and done by the loop that applies the batches, between two of them.
 */
export class Leadership {
  private readonly tasks: Task[] = [];
  private over: Error | undefined;
  /** Of the live generation. */
  readonly deferred: DeferredWorker;
  /** Set while the stream is not the one the position belongs to. */
  isHalted = false;
  /** Set while the live generation is of another release's schema: this one must not write it. */
  isOtherSchema = false;
  /** Set when the lease was taken for the sake of a job that replaces such a generation. */
  isChangingSchema = false;

  constructor(
    readonly projection: Projection,
    readonly client: Client,
    readonly lease: Lease,
    public position: Position,
    /** Of the connection, as it was made. */
    readonly statementTimeoutMs: number,
  ) {
    this.deferred = DeferredWorker.for(projection);
  }

  /** Runs work between two batches; nothing is written to the live generation meanwhile. Rejects when leading ends first. */
  betweenBatches<T>(work: (leading: Leadership) => Promise<T>): Promise<T> {
    if (this.over) return Promise.reject(this.over);
    return new Promise<T>((resolve, reject) => {
      this.tasks.push((leading) => (leading.over ? Promise.reject(leading.over) : work(leading)).then(resolve, reject));
    });
  }

  /** Called by the loop. A task's failure is the task's own. */
  async runTasks(): Promise<void> {
    for (let task = this.tasks.shift(); task; task = this.tasks.shift()) await task(this);
  }

  async end(): Promise<void> {
    // An operator may be waiting for what was handed in.
    this.over = new ServiceError(503, 'This projector no longer leads; try again in a moment.');
    await this.runTasks();
  }
}
