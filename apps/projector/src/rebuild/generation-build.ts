import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredJob } from '#read-model/job.js';
import { makeSureTheLeaderHolds } from '../consume/leaders-message.js';
import { holdsNothing, makeSureNothingWasLeftOut } from '../consume/left-out.js';
import { movePosition, positionOf, type Position } from '../consume/position.js';
import type { StreamMessage } from '../consume/stream-message.js';
import type { BatchTarget } from '../project/batch-target.js';
import { applyOrPark } from '../project/apply-or-park.js';
import { GroupSweeper } from '../project/group-sweeper.js';
import { MEMBERS_AT_ONCE } from '../project/group-sweeps.js';
import { PlanAge } from '../project/plan-age.js';
import { BuildReader, makeSureItHolds, type BuildSource } from './build-reader.js';
import { ensureMembersIndex, hasMembersIndex } from './generations.js';
import { JobFailed } from './job-ended.js';
import { ensureNothingIsLost } from './nothing-lost.js';
import { mayHideOthers } from './stands-for-others.js';

export interface BuildParts {
  readonly client: Client;
  /** Inside the transaction of every batch: rejects when this worker may not write (any more). */
  readonly fence: (client: Client) => Promise<void>;
  /** Changes what is kept of the job. Rejects when this worker may not write (any more). */
  readonly keep: (change: Partial<StoredJob>) => Promise<void>;
  readonly connection: NatsConnection;
  readonly generation: number;
}

/**
 * Feeds a generation that is not live from the stream, on a connection and a reader of its own, while the live one goes on being
 * fed. Its writes need no lock on the lease, only one among themselves; and its position moves by compare-and-set.
 */
export class GenerationBuild {
  private carried: readonly StreamMessage[] = [];
  private readonly plans: PlanAge;
  private readonly sweeper = new GroupSweeper(MEMBERS_AT_ONCE);
  /** Without the index no batch looks for the members of a group: they are swept once it is there. */
  private hasMembersIndex = false;
  /** Whether a message that is missing in the stream ends the job: nothing else would show that. */
  private mustBeWhole = false;

  private constructor(
    readonly client: Client,
    private readonly fence: BuildParts['fence'],
    private readonly manager: JetStreamManager,
    private readonly reader: BuildReader,
    public position: Position,
  ) {
    this.plans = new PlanAge(client);
  }

  /**
   * @param source which a generation that was never fed takes over
   * @throws {JobFailed} when the generation cannot be fed from it any more
   */
  static async open(parts: BuildParts, source: BuildSource, job: StoredJob): Promise<GenerationBuild> {
    const { client, fence, connection, generation } = parts;
    // Losing the last commits in a crash costs nothing: their events are read again.
    await client.query('set synchronous_commit = off');
    const manager = await jetstreamManager(connection);
    const stored = await positionOf(client, generation);
    const position = { ...stored, ...source };
    if (stored.streamCreated === null) await movePosition(client, stored, position, null);
    else await makeSureItHolds(manager, source, stored);
    const reader = await BuildReader.open({ connection, manager, source, job, keep: parts.keep }, position);
    const build = new GenerationBuild(client, fence, manager, reader, position);
    try {
      build.mustBeWhole = job.kind === 'rollback' && position.sequence > 0;
      build.hasMembersIndex = await hasMembersIndex(client, generation);
    } catch (error) {
      await build.close();
      throw error;
    }
    return build;
  }

  /** Before this sequence subjects are missing whose last message comes later: the generation is of no use there. */
  get completeFrom(): number {
    return this.reader.completeFrom;
  }

  /**
   * Applies everything up to and including a sequence, never beyond it.
   * @param stopped asked between batches; true ends early
   * @returns whether everything up to there is applied now
   */
  async feedTo(sequence: number, stopped: () => boolean, progress: (position: number) => void): Promise<boolean> {
    while (this.position.sequence < sequence && !stopped()) {
      const messages = await this.arrived();
      const within = messages.filter((message) => message.sequence <= sequence);
      this.carried = messages.slice(within.length);
      if (within.length > 0) await this.apply(within);
      progress(this.position.sequence);
      // The message at the wanted sequence itself may have been removed from the stream.
      if (this.carried.length > 0 || (messages.length === 0 && (await this.isEmptyUpTo(sequence)))) return true;
    }
    return this.position.sequence >= sequence;
  }

  /** Whether members of deleted groups are still to be changed. */
  async isSweeping(): Promise<boolean> {
    await this.sweeper.look(this);
    return this.sweeper.pending > 0;
  }

  /**
   * Changes all members of groups whose deletions were applied.
   * @param stopped asked between two parts; true ends early
   * @returns whether none is left
   */
  async sweep(stopped: () => boolean): Promise<boolean> {
    if (!this.hasMembersIndex) await ensureMembersIndex(this.client, this.position.generation);
    this.hasMembersIndex = true;
    while ((await this.isSweeping()) && !stopped()) {
      this.plans.keepFresh();
      await this.sweeper.sweepOnce(this.target());
      // Give the live generation's loop its turn.
      await sleep(0);
    }
    return this.sweeper.pending === 0;
  }

  /** Says that the generation holds everything up to another one's position, which it does after {@link feedTo} up to there. */
  async takePosition(of: Position): Promise<void> {
    if (this.position.sequence >= of.sequence) return;
    const to = { ...this.position, sequence: of.sequence, fingerprint: of.fingerprint };
    await movePosition(this.client, this.position, to, null);
    this.position = to;
  }

  /** From here on the position is one of another stream, before its first message. */
  async leaveFor(next: BuildSource): Promise<void> {
    const { generation } = this.position;
    await movePosition(this.client, this.position, { generation, ...next, sequence: 0, fingerprint: null }, null);
  }

  async close(): Promise<void> {
    await this.reader.close();
  }

  private target(): BatchTarget {
    const { client, position, fence } = this;
    return { client, position, fence, membersAtOnce: this.hasMembersIndex ? MEMBERS_AT_ONCE : 0 };
  }

  private async arrived(): Promise<readonly StreamMessage[]> {
    const { carried } = this;
    this.carried = [];
    if (carried.length > 0) return carried;
    const messages = await this.reader.next(this.position);
    // Below it only the last message of every subject is read.
    const after = Math.max(this.position.sequence, this.completeFrom);
    const sequences = messages.map(({ sequence }) => sequence).filter((sequence) => sequence > after);
    await makeSureNothingWasLeftOut(this.manager, this.position, after, sequences);
    if (messages.length > 0) await this.ensureNothingIsLost(messages, messages.at(-1)!.sequence);
    // Give the live generation's loop its turn.
    await sleep(0);
    return messages;
  }

  /** Nobody but the stream's leader knows that nothing more will come up to there. */
  private async isEmptyUpTo(sequence: number): Promise<boolean> {
    const isEmpty = await holdsNothing(this.manager, this.position, this.position.sequence + 1, sequence);
    if (isEmpty) await this.ensureNothingIsLost([], sequence);
    this.reader.leaderHoldsMore(!isEmpty);
    return isEmpty;
  }

  private async ensureNothingIsLost(messages: readonly StreamMessage[], upTo: number): Promise<void> {
    if (!this.mustBeWhole) return;
    const gap = await ensureNothingIsLost(this.manager, this.position, messages, upTo);
    this.position = { ...this.position, gap };
  }

  private async apply(messages: readonly StreamMessage[]): Promise<void> {
    for (const message of messages) {
      const problem = message.sequence <= this.completeFrom && mayHideOthers(message);
      if (problem) throw new JobFailed(`the last message of every subject is not enough: ${problem}; read all of them`);
    }
    await makeSureTheLeaderHolds(this.manager, this.position.stream!, messages.at(-1)!);
    this.plans.keepFresh();
    await applyOrPark(this.target(), messages, ({ position }) => (this.position = position));
  }
}
