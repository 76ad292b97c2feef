import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import { applyOrPark } from '../run/apply-or-park.js';
import type { BatchTarget } from '../run/batch-target.js';
import { DeferredWorker } from '../run/deferred-worker.js';
import { PlanAge } from '../run/plan-age.js';
import { movePosition, positionOf } from '../store/position.js';
import { inTransaction } from '../store/transaction.js';
import type { Gap, Place, Position } from '../stream/position.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { BuildChecks } from './build-checks.js';
import { BuildReader, ensureItHolds, type BuildSource } from './build-reader.js';
import { gapsAtBeginning } from './gone-already.js';
import { mustHold } from './must-hold.js';

export interface BuildParts {
  readonly projection: Projection;
  readonly client: Client;
  /** Runs inside the transaction of every batch: rejects if this worker may not write (any more). */
  readonly fence: (client: Client) => Promise<void>;
  /** Changes the stored job. Rejects if this worker may not write (any more). */
  readonly keep: (change: Partial<StoredJob>) => Promise<void>;
  readonly connection: NatsConnection;
  readonly generation: number;
}

/**
 * Feeds a generation that is not live from the stream, with its own connection and reader, while the leader feeds the live one. Its writes
 * do not lock the lease; they only lock each other out. Its position moves by compare-and-set.
 */
export class GenerationBuild {
  private carried: readonly StreamMessage[] = [];
  private readonly plans: PlanAge;
  private readonly worker: DeferredWorker;
  /** While PostgreSQL cannot find the rows quickly, every batch leaves deferred work for later. */
  private isReadyForDeferred = false;

  private constructor(
    private readonly parts: BuildParts,
    private readonly checks: BuildChecks,
    private readonly reader: BuildReader,
    public position: Position,
  ) {
    this.plans = new PlanAge(parts.client);
    this.worker = DeferredWorker.for(parts.projection);
  }

  /**
   * @param source the stream that a new generation starts with
   * @throws {JobFailed} if the generation can no longer be fed from it
   */
  static async open(parts: BuildParts, source: BuildSource, job: StoredJob): Promise<GenerationBuild> {
    const { projection, client, connection, generation } = parts;
    // A crash may lose the last commits, without harm: the build reads their events again.
    await client.query('set synchronous_commit = off');
    const manager = await jetstreamManager(connection);
    const stored = await positionOf(client, generation);
    const isNew = stored.sequence === 0;
    const { gap, gone } = await gapsAtBeginning(parts.keep, manager, source.stream, job, stored);
    const position = { ...stored, ...source, gap };
    // Nothing of a stream is applied yet, so this one is as good as another.
    if (!isNew) await ensureItHolds({ projection, manager, source, job }, stored);
    // The server may report another `created` for the same stream.
    if (isNew || stored.streamCreated !== source.streamCreated) await movePosition(client, stored, position, null);
    const reader = await BuildReader.open({ ...parts, manager, source, job }, position);
    const checks = new BuildChecks(projection, manager, mustHold(job), { hadRows: job.stream !== null, gone });
    const build = new GenerationBuild(parts, checks, reader, { ...position, doubts: [] });
    try {
      build.isReadyForDeferred = (await projection.deferred?.isReady(client, generation)) ?? true;
    } catch (error) {
      await build.close();
      throw error;
    }
    return build;
  }

  /** Before this sequence the generation lacks subjects whose last message comes later, so it must not be used there. */
  get completeFrom(): number {
    return this.reader.completeFrom;
  }

  /** Call it when the proof begins, with both generations at one position. */
  proofBegins(): void {
    this.checks.startAfterProof();
  }

  /**
   * Applies everything up to and including a sequence, never beyond it.
   * @param stopped called between batches; true ends early
   * @returns whether everything up to the sequence is applied
   */
  async feedTo(
    sequence: number,
    stopped: () => boolean,
    progress: (position: number) => void = () => undefined,
  ): Promise<boolean> {
    while (this.position.sequence < sequence && !stopped()) {
      const messages = await this.arrived();
      const within = messages.filter((message) => message.sequence <= sequence);
      this.carried = messages.slice(within.length);
      if (within.length > 0) {
        await this.checks.ensureApplicable(this.position, this.completeFrom, within);
        this.plans.keepFresh();
        await applyOrPark(this.target(), within, ({ position }) => (this.position = position));
      }
      progress(this.position.sequence);
      // The message at the wanted sequence itself may have been removed from the stream.
      if (this.carried.length > 0 || (messages.length === 0 && (await this.isEmptyUpTo(sequence)))) {
        // Otherwise a reader that opens again would read the last messages of all subjects once more.
        if (sequence >= this.completeFrom) await this.takePosition({ sequence: this.completeFrom, fingerprint: null });
        return true;
      }
    }
    return this.position.sequence >= sequence;
  }

  /** Whether deferred work is left. */
  async hasDeferred(): Promise<boolean> {
    await this.worker.countPending({ client: this.parts.client, position: this.position });
    return this.worker.pending > 0;
  }

  /**
   * Does all deferred work of the applied events.
   * @param stopped called between two parts; true ends early
   * @param left called before every part with the number of events that are not done
   * @returns whether no work is left
   */
  async applyDeferred(stopped: () => boolean, left: (events: number) => void = () => undefined): Promise<boolean> {
    const { projection, client, generation } = this.parts;
    if (!this.isReadyForDeferred) await projection.deferred?.makeReady(client, generation);
    this.isReadyForDeferred = true;
    while ((await this.hasDeferred()) && !stopped()) {
      left(this.worker.pending);
      this.plans.keepFresh();
      await this.worker.proceedOnce(this.target());
      // Lets the live generation's loop run.
      await sleep(0);
    }
    return this.worker.pending === 0;
  }

  /**
   * Sets the position to a place that {@link feedTo} has reached. The last messages up to it may be gone from the stream: a position before
   * them would say that they are still to be read.
   */
  async takePosition(place: Place): Promise<void> {
    if (this.position.sequence >= place.sequence) return;
    const to = { ...this.position, ...place };
    await movePosition(this.parts.client, this.position, to, null);
    this.position = to;
  }

  /** Sets the position to the start of another stream, before its first message. @param gap what it lacked already */
  async leaveFor(next: BuildSource, gap: Gap): Promise<void> {
    const { client, projection, generation } = this.parts;
    const to = { generation, ...next, sequence: 0, fingerprint: null, gap };
    await inTransaction(client, async () => {
      await projection.changes?.putBeforeAll(client, generation);
      await movePosition(client, this.position, to, null);
    });
  }

  async close(): Promise<void> {
    await this.reader.close();
  }

  private target(): BatchTarget {
    const { projection, client, fence } = this.parts;
    return { projection, client, position: this.position, fence, defersAll: !this.isReadyForDeferred };
  }

  private async arrived(): Promise<readonly StreamMessage[]> {
    const { carried } = this;
    this.carried = [];
    if (carried.length > 0) return carried;
    const messages = await this.checks.stillThere(this.position, await this.reader.next(this.position));
    const gap = await this.checks.gapOver(this.position, this.completeFrom, messages);
    this.position = { ...this.position, gap };
    // Lets the live generation's loop run.
    await sleep(0);
    return messages;
  }

  private async isEmptyUpTo(sequence: number): Promise<boolean> {
    const isEmpty = await this.checks.isEmptyUpTo(this.position, sequence);
    if (isEmpty) {
      const read = { messages: [], upTo: sequence };
      const gap = await this.checks.ensureNothingLost(this.position, this.completeFrom, read);
      this.position = { ...this.position, gap };
    }
    this.reader.noteLeader(!isEmpty);
    return isEmpty;
  }
}
