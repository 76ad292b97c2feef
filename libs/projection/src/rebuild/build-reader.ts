import { type Position } from '../stream/position.js';
import { jetstream, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredJob } from '../job.js';
import type { Projection } from '../projection.js';
import { ConsumerGone } from '../stream/consumer-gone.js';
import { EventReader } from '../stream/event-reader.js';
import { KEPT_MS } from '../stream/open-consumer.js';
import { changeSince } from '../stream/source-check.js';
import { streamNow } from '../stream/stream.js';
import type { StreamMessage } from '../stream/stream-message.js';
import { beginning } from '../stream/subject-limit.js';
import { JobsStreamChanged } from '../job-ended.js';

const MAX_BATCH_WEIGHT = 10_000;
const ARRIVAL_MS = 250;

/** A stream and its `created`. */
export interface BuildSource {
  readonly stream: string;
  readonly streamCreated: string;
}

interface Surroundings {
  readonly projection: Projection;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly source: BuildSource;
  readonly job: StoredJob;
  /** Changes the stored job. */
  readonly keep: (change: Partial<StoredJob>) => Promise<void>;
}

/**
 * Reads a stream for a generation that is not live. Reading may pause for any time: while indexes are made, during a proof, or because an
 * operator has paused the job.
 */
export class BuildReader {
  private constructor(
    private readonly around: Surroundings,
    private reader: EventReader,
    /** Up to this sequence only the last message of every subject is read: before it, subjects are missing. */
    public completeFrom: number,
  ) {}

  /** @param position of the generation; a check has found that the stream holds it */
  static async open(around: Surroundings, position: Position): Promise<BuildReader> {
    const { reader, completeFrom } = await openAfter(around, position, around.job.completeFrom ?? 0);
    return new BuildReader(around, reader, completeFrom);
  }

  /** Messages beyond the position that have arrived; empty after a moment without any. */
  async next(position: Position): Promise<StreamMessage[]> {
    try {
      const messages = await this.reader.next(ARRIVAL_MS, MAX_BATCH_WEIGHT);
      return messages.filter(({ sequence }) => sequence > position.sequence);
    } catch (error) {
      if (!(error instanceof ConsumerGone)) throw error;
      await this.openAgain(position);
      return [];
    }
  }

  /** See {@link EventReader.noteLeader}. */
  noteLeader(isSo: boolean): void {
    this.reader.noteLeader(isSo);
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  /** Does the same as a job that begins again. */
  private async openAgain(position: Position): Promise<void> {
    await sleep(ARRIVAL_MS);
    await this.reader.close();
    await ensureItHolds(this.around, position);
    const { reader, completeFrom } = await openAfter(this.around, position, this.completeFrom);
    this.reader = reader;
    this.completeFrom = completeFrom;
  }
}

/**
 * Opens a reader after the position. If the reader has not yet read the last messages of all subjects, it reads those that are the last
 * now: newer messages may have replaced others meanwhile.
 */
async function openAfter(
  around: Surroundings,
  position: Position,
  completeFrom: number,
): Promise<{ reader: EventReader; completeFrom: number }> {
  const { projection, connection, manager, source, job, keep } = around;
  const { sequence } = position;
  const client = jetstream(connection);
  const isFromLasts = job.lastPerSubject && (sequence === 0 || sequence < completeFrom);
  const reader = isFromLasts
    ? await EventReader.openAtLastPerSubject(projection, client, source.stream)
    : await EventReader.open(projection, client, source.stream, sequence + 1, KEPT_MS.job);
  try {
    // The stream may have been replaced before the reader existed; from now on the reader notices a replacement.
    await ensureItHolds(around, position);
    return { reader, completeFrom: isFromLasts ? await rememberHead(keep, manager, source) : completeFrom };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/**
 * A generation that already holds events of a stream continues only in the same stream, and only if the stream has lost nothing after the
 * generation's position, as far as that shows: under a limit per subject only a roll-back asks what newer messages have replaced. One
 * without any can begin again with the stream that is there then.
 * @throws {JobsStreamChanged} if it cannot continue @throws if it must begin again
 */
export async function ensureItHolds(
  { projection, manager, source, job }: Pick<Surroundings, 'projection' | 'manager' | 'source' | 'job'>,
  stored: Position,
): Promise<void> {
  if (stored.sequence === 0) {
    const { created } = await streamNow(manager, source.stream);
    if (stored.streamCreated === created) return;
    throw new Error(`the stream ${source.stream} was deleted and created again before anything was read from it`);
  }
  // A rebuild reads what is left of each subject, also where it continues.
  const position = job.kind === 'rollback' ? stored : { ...stored, gap: beginning(Infinity) };
  const change = await changeSince(projection, manager, source.stream, position);
  if (change) throw new JobsStreamChanged(`generation ${stored.generation} cannot continue: ${change.message}`);
}

/** Stores the stream's current last sequence. Each subject whose earlier message was skipped has its last message at or before it. */
async function rememberHead(
  keep: Surroundings['keep'],
  manager: JetStreamManager,
  { stream }: BuildSource,
): Promise<number> {
  const { state } = await streamNow(manager, stream);
  await keep({ completeFrom: state.last_seq });
  return state.last_seq;
}
