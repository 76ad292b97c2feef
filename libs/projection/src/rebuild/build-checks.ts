import type { JetStreamManager } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { ensureLeaderHolds } from '../stream/leaders-message.js';
import { holdsNothing, ensureNothingLeftOut } from '../stream/left-out.js';
import { MessagesAtOnce } from '../stream/messages-at-once.js';
import type { Gap, Position } from '../stream/position.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { type Cleared, MOST_CLEARED } from '../stream/subject-limit.js';
import { JobFailed } from '../job-ended.js';
import { mayHideOthers } from './last-per-subject.js';
import { ensureNothingIsLost } from './nothing-lost.js';

/** Checks messages before a generation applies them: they must be the stream's messages, and all of them. */
export class BuildChecks {
  private readonly atOnce = new MessagesAtOnce();
  private readonly cleared: Cleared = new Map();
  private isAfterProof = false;

  constructor(
    private readonly projection: Projection,
    private readonly manager: JetStreamManager,
    /** Whether a message that is missing in the stream ends the job: no later check would find it. */
    private readonly mustBeWhole: boolean,
  ) {}

  /** From now on the proof must be made again where a message is missing: it was made without the messages that come now. */
  startAfterProof(): void {
    this.isAfterProof = true;
  }

  /**
   * @param completeFrom below it only the last message of every subject is read
   * @returns the gap to remember with the messages
   */
  async gapOver(position: Position, completeFrom: number, messages: readonly StreamMessage[]): Promise<Gap | null> {
    const after = Math.max(position.sequence, completeFrom);
    const sequences = messages.map(({ sequence }) => sequence).filter((sequence) => sequence > after);
    await ensureNothingLeftOut(this.manager, position, after, sequences, this.atOnce);
    return messages.length > 0
      ? this.ensureNothingLost(position, messages, messages.at(-1)!.sequence)
      : gapOf(position);
  }

  /** Only the stream's leader knows that the stream will hold nothing more up to this sequence. */
  isEmptyUpTo(position: Position, sequence: number): Promise<boolean> {
    return holdsNothing(this.manager, position, position.sequence + 1, sequence);
  }

  /** @returns the gap to remember @throws {JobFailed} where messages are gone that no later message replaces */
  async ensureNothingLost(position: Position, messages: readonly StreamMessage[], upTo: number): Promise<Gap | null> {
    if (!this.mustBeWhole && !this.isAfterProof) return gapOf(position);
    const { projection, manager, atOnce, cleared } = this;
    if (cleared.size > MOST_CLEARED) cleared.clear();
    try {
      return await ensureNothingIsLost(projection, manager, position, { messages, upTo, atOnce, cleared });
    } catch (error) {
      if (this.mustBeWhole || !(error instanceof JobFailed)) throw error;
      throw new Error(`the proof is made again: ${error.message}`, { cause: error });
    }
  }

  /** Runs before messages are applied. @throws {JobFailed} where the last message of a subject does not replace those before it */
  async ensureApplicable(position: Position, completeFrom: number, messages: readonly StreamMessage[]): Promise<void> {
    for (const message of messages) {
      const problem = message.sequence <= completeFrom && mayHideOthers(this.projection, message);
      if (problem) throw new JobFailed(`the last message of every subject is not enough: ${problem}; read all of them`);
    }
    await ensureLeaderHolds(this.manager, position.stream!, messages.at(-1)!);
  }
}

function gapOf({ gap }: Position): Gap | null {
  return gap ?? null;
}
