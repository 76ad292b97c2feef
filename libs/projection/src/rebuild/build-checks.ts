import type { JetStreamManager } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { ensureLeaderHolds } from '../stream/leaders-message.js';
import { holdsNothing, ensureNothingLeftOut } from '../stream/left-out.js';
import { MessagesAtOnce } from '../stream/messages-at-once.js';
import type { Gap, Position } from '../stream/position.js';
import { streamNow } from '../stream/stream.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { type Cleared, isCompacted, MOST_CLEARED } from '../stream/subject-limit.js';
import { JobFailed, JobsStreamChanged } from '../job-ended.js';
import { mayHideOthers } from './last-per-subject.js';
import type { MustHold } from './must-hold.js';
import { ensureNothingIsLost, type SinceItBegan } from './nothing-lost.js';

/** Thrown where the proof was made without a message that the stream has lost since. The job makes it again. */
export class ProofOutdated extends Error {
  override readonly name = 'ProofOutdated';

  constructor(
    readonly reason: string,
    options: ErrorOptions,
  ) {
    super(`the proof is made again: ${reason}`, options);
  }
}

interface Read {
  readonly messages: readonly StreamMessage[];
  readonly upTo: number;
}

/** Checks messages before a generation applies them: they must be the stream's messages, and all of them. */
export class BuildChecks {
  private readonly atOnce = new MessagesAtOnce();
  private readonly cleared: Cleared = new Map();
  private isAfterProof = false;

  constructor(
    private readonly projection: Projection,
    private readonly manager: JetStreamManager,
    private readonly mustHold: MustHold,
    private readonly atBeginning: Pick<SinceItBegan, 'hadRows' | 'gone'>,
  ) {}

  /** From now on the proof must be made again where a message is missing: it was made without the messages that come now. */
  startAfterProof(): void {
    this.isAfterProof = true;
  }

  /**
   * Where nothing of a stream is applied yet, leaves out messages that the stream has lost since they were delivered: it may have lost
   * others between them before, and what is left begins without all of them.
   */
  async stillThere(position: Position, messages: readonly StreamMessage[]): Promise<readonly StreamMessage[]> {
    if (position.sequence > 0 || messages.length === 0 || this.mustHold !== 'all since it began') return messages;
    const info = await streamNow(this.manager, position.stream!);
    return isCompacted(info) ? messages : messages.filter(({ sequence }) => sequence >= info.state.first_seq);
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
      ? this.ensureNothingLost(position, completeFrom, { messages, upTo: messages.at(-1)!.sequence })
      : gapOf(position);
  }

  /** Only the stream's leader knows that the stream will hold nothing more up to this sequence. */
  isEmptyUpTo(position: Position, sequence: number): Promise<boolean> {
    return holdsNothing(this.manager, position, position.sequence + 1, sequence);
  }

  /**
   * @param read what the generation is to apply next, and up to where the stream holds nothing else
   * @returns the gap to remember @throws {JobFailed} where messages are gone that no later message replaces
   */
  async ensureNothingLost(position: Position, completeFrom: number, read: Read): Promise<Gap | null> {
    if (this.mustHold === 'all since the proof' && !this.isAfterProof) return gapOf(position);
    const { projection, manager, atOnce, cleared, atBeginning } = this;
    if (cleared.size > MOST_CLEARED) cleared.clear();
    const sinceItBegan = this.mustHold === 'all since it began' ? { completeFrom, ...atBeginning } : undefined;
    try {
      return await ensureNothingIsLost(projection, manager, position, {
        ...read,
        atOnce,
        cleared,
        ...(sinceItBegan && { sinceItBegan }),
      });
    } catch (error) {
      if (!(error instanceof JobFailed) || this.mustHold === 'all') throw error;
      if (sinceItBegan) throw new JobsStreamChanged(`${error.message}: begin again with what the stream holds now`);
      throw new ProofOutdated(error.message, { cause: error });
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
