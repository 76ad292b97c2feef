import { type Consumer, type ConsumerMessages, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Projection } from '../projection.js';
import { ConsumerGone, sayingGone } from './consumer-gone.js';
import { decodeOrReject } from './decode-or-reject.js';
import { BUFFER_MESSAGES, type BufferedMessage, bytesOf, MessageBuffer } from './message-buffer.js';
import { headersOf } from './message-headers.js';
import { KEPT_MS, openConsumer } from './open-consumer.js';
import { Silence } from './silence.js';

/**
 * About how many bytes one request asks for. A server cuts off a client with more than its `max_pending` on the way to it (64 MiB unless
 * configured). A request asks for a number of messages, before their size is known.
 */
const LOT_BYTES = 768 * 1024;
const CLOSE_WITHIN_MS = 500;
/** How long one request for messages stays open on an idle stream; missed heartbeats end a dead request earlier. */
const FETCH_EXPIRES_MS = 4_000;
/**
 * nats-server 2.9 sometimes does not report that a request has ended if a message arrives at that moment. After two missed heartbeats the
 * client sends another request; until then messages wait. The client allows no shorter interval than this.
 */
const HEARTBEAT_MS = 500;
/**
 * While the server that holds the consumer is there, it ends every request earlier than this. If it is away, the other servers keep the
 * consumer for it, and the client waits for it to return.
 */
const SILENT_FOR_MS = 2 * FETCH_EXPIRES_MS;
/** A replica that only lags catches up sooner than this, and the largest message arrives sooner. */
const BEHIND_FOR_MS = 15_000;

type ReadFor = Pick<Projection, 'decode' | 'weigh'>;

/**
 * Reads a stream in order from a sequence on, without acknowledgements: the position in the read model alone says how far the projector has
 * read. The messages that arrive while one batch is applied are the next batch.
 */
export class EventReader {
  private readonly buffer: MessageBuffer;
  private failure: Error | undefined;
  private current: ConsumerMessages | undefined;
  private isClosed = false;
  private delivered = 0;
  /** The time, by `performance.now()`, since when nothing has arrived although there is more. */
  private behindSince: number | undefined;
  private readonly silence = new Silence(SILENT_FOR_MS, () => this.fail(isSilent()));
  /** Before the first message: the largest message on a server with default limits. */
  private largest = 1024 * 1024;

  private constructor(
    private readonly projection: ReadFor,
    private readonly consumer: Consumer,
    private expected: number,
  ) {
    this.buffer = new MessageBuffer(projection);
    void this.pump()
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.silence.stop());
  }

  /** @param sequence the first one to read @param keptMs how long the server keeps the consumer while nothing is asked for */
  static async open(
    projection: ReadFor,
    jetstream: JetStreamClient,
    stream: string,
    sequence: number,
    keptMs: number = KEPT_MS.live,
  ): Promise<EventReader> {
    return new EventReader(projection, await openConsumer(jetstream, stream, sequence, keptMs), sequence);
  }

  /** Reads only the last message of every subject that the stream holds now, then every new message. */
  static async openAtLastPerSubject(
    projection: ReadFor,
    jetstream: JetStreamClient,
    stream: string,
  ): Promise<EventReader> {
    return new EventReader(projection, await openConsumer(jetstream, stream, 'last per subject', KEPT_MS.job), 1);
  }

  /**
   * All messages that have arrived, in order. Waits for the first message at most `waitMs`, then returns an empty list.
   * @param maxWeight the limit of the batch, by `weightOf`
   * @param cutAtGaps whether to end the batch before missing sequences, so that the caller can check them
   * @throws {ConsumerGone}
   * @throws if the stream or the consumer cannot be read for another reason
   */
  async next(waitMs: number, maxWeight: number, cutAtGaps = false): Promise<BufferedMessage[]> {
    if (this.buffer.isEmpty && !this.failure) await this.buffer.whenArrived(waitMs);
    if (!this.buffer.isEmpty) return this.buffer.take(maxWeight, cutAtGaps);
    if (this.failure) throw this.failure;
    return [];
  }

  /** Takes back the last messages that {@link next} has returned: they are the first of the next batch. */
  giveBack(messages: readonly BufferedMessage[]): void {
    this.buffer.giveBack(messages);
  }

  /**
   * Call it when nothing has arrived, and say whether the stream's leader holds more. The replica that serves the consumer may be stuck
   * permanently while its server still answers.
   * @throws if that lasts too long
   */
  noteLeader(isSo: boolean): void {
    this.behindSince = isSo ? (this.behindSince ?? performance.now()) : undefined;
    if (this.behindSince === undefined || performance.now() - this.behindSince < BEHIND_FOR_MS) return;
    throw new Error(
      `the server that holds the consumer has delivered nothing for ${BEHIND_FOR_MS / 1_000} s, though the leader of the stream holds more`,
    );
  }

  /** Ends the wait of {@link next} early. */
  wake(): void {
    this.buffer.wake();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.silence.stop();
    this.current?.stop();
    this.buffer.close();
    // A server that is away must not delay a stop; it drops the consumer by itself after a while.
    const deleted = this.consumer.delete().catch(() => undefined);
    await Promise.race([deleted, sleep(CLOSE_WITHIN_MS)]);
  }

  private async pump(): Promise<void> {
    while (!this.isClosed && !this.failure) {
      const messages = await this.consumer.fetch({
        max_messages: this.lot(),
        expires: FETCH_EXPIRES_MS,
        idle_heartbeat: HEARTBEAT_MS,
        callback: (message: JsMsg) => this.arrived(message),
      } as Parameters<Consumer['fetch']>[0]);
      this.current = messages;
      this.silence.heard();
      if (this.isClosed) messages.stop();
      const error = await messages.closed();
      this.silence.expectsNothing();
      if (error instanceof Error) throw sayingGone(error);
      while (this.buffer.isFull && !this.isClosed) await this.buffer.whenTaken();
    }
  }

  /** Based on the size of the largest recent message. */
  private lot(): number {
    const lot = Math.min(BUFFER_MESSAGES, Math.max(1, Math.floor(LOT_BYTES / this.largest)));
    this.largest = Math.max(1, this.largest / 2);
    return lot;
  }

  private arrived(message: JsMsg): void {
    if (this.failure) return;
    const { info } = message;
    if (info.streamSequence < this.expected) {
      this.fail(
        new Error(`the server delivered sequence ${info.streamSequence} where ${this.expected} or later was asked for`),
      );
      return;
    }
    this.delivered += 1;
    if (info.deliverySequence !== this.delivered) {
      // The client has continued with another consumer, on any replica, which may hold another history.
      this.fail(
        new ConsumerGone(`another consumer has taken the place of the one that had delivered ${this.delivered - 1}`),
      );
      return;
    }
    this.expected = info.streamSequence + 1;
    this.silence.heard();
    this.behindSince = undefined;
    const headers = headersOf(message);
    const { data: payload, subject, timestampNanos: storedAtNanos } = message;
    this.largest = Math.max(this.largest, bytesOf({ payload, headers }));
    const decoded = decodeOrReject(this.projection, payload, headers);
    this.buffer.add({ sequence: info.streamSequence, subject, headers, payload, decoded, storedAtNanos });
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
    this.current?.stop();
    this.buffer.wake();
  }
}

/** The caller then creates another consumer, on a server that is there. */
function isSilent(): Error {
  return new Error(
    `the server that holds the consumer has said nothing for ${SILENT_FOR_MS / 1_000} s: it may be away`,
  );
}
