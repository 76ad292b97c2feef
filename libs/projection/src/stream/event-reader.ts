import {
  type Consumer,
  type ConsumerMessages,
  type JetStreamClient,
  DeliverPolicy,
  type JsMsg,
} from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Projection } from '../projection.js';
import { ConsumerGone, sayingGone } from './consumer-gone.js';
import { decodeOrReject } from './decode-or-reject.js';
import { BUFFER_MESSAGES, bytesOf, MessageBuffer } from './message-buffer.js';
import { headersOf } from './message-headers.js';
import { Silence } from './silence.js';
import type { StreamMessage } from './stream-message.js';

/**
 * About how many bytes one request is for. A server cuts off a client that has more than its `max_pending` under way to it
 * (64 MiB unless configured), and a request is for a number of messages, before their size is known.
 */
const LOT_BYTES = 768 * 1024;
const CLOSE_WITHIN_MS = 500;
/** How long one request for messages stays open on an idle stream; missed heartbeats within it end a dead one. */
const FETCH_EXPIRES_MS = 4_000;
/**
 * nats-server 2.9 now and then forgets to say that a request has ended when a message arrives at that moment. After two heartbeats that did
 * not come the client asks again; until then messages wait. It allows no fewer milliseconds than these.
 */
const HEARTBEAT_MS = 500;
/**
 * No request stays open for so long without a message, where the server that holds the consumer is there to end it. Where it is away, the
 * others keep its place for it, and the client waits for it to come back.
 */
const SILENT_FOR_MS = 2 * FETCH_EXPIRES_MS;
/** A replica that only lags is there before that, and the largest message has come. */
const BEHIND_FOR_MS = 15_000;

type ReadFor = Pick<Projection, 'decode' | 'weigh'>;

/**
 * Reads a stream in order from a sequence on, without acknowledgements: the position in the read model is the only truth about
 * how far we are. Batches come naturally: whatever arrived while the last one was being applied is the next.
 */
export class EventReader {
  private readonly buffer: MessageBuffer;
  private failure: Error | undefined;
  private current: ConsumerMessages | undefined;
  private isClosed = false;
  private delivered = 0;
  /** Since when, by `performance.now()`, nothing has come though there is more. */
  private behindSince: number | undefined;
  private readonly silence = new Silence(SILENT_FOR_MS, () => this.fail(isSilent()));
  /** Before anything was seen, the largest a message can be on a server with default limits. */
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

  /** @param sequence the first one wanted */
  static async open(
    projection: ReadFor,
    jetstream: JetStreamClient,
    stream: string,
    sequence: number,
  ): Promise<EventReader> {
    const consumer = await jetstream.consumers.get(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: sequence,
    });
    return new EventReader(projection, consumer, sequence);
  }

  /** Of what the stream holds by now only the last message of every subject, then whatever is added to it. */
  static async openAtLastPerSubject(
    projection: ReadFor,
    jetstream: JetStreamClient,
    stream: string,
  ): Promise<EventReader> {
    const consumer = await jetstream.consumers.get(stream, {
      deliver_policy: DeliverPolicy.LastPerSubject,
      filter_subjects: '>',
    });
    return new EventReader(projection, consumer, 1);
  }

  /**
   * Whatever has arrived, in order; waits for the first message at most `waitMs`, then gives an empty list.
   * @param maxWeight where to cut, by `weightOf`
   * @param cutAtGaps also where sequences are missing, so that the caller can look into it before going on
   * @throws {ConsumerGone}
   * @throws when the stream or the consumer cannot be read on for another reason
   */
  async next(waitMs: number, maxWeight: number, cutAtGaps = false): Promise<StreamMessage[]> {
    if (this.buffer.isEmpty && !this.failure) await this.buffer.whenArrived(waitMs);
    if (!this.buffer.isEmpty) return this.buffer.take(maxWeight, cutAtGaps);
    if (this.failure) throw this.failure;
    return [];
  }

  /**
   * To be told, when nothing has come, whether the stream's leader holds more. The replica that the consumer reads may stand still for
   * good, and its server answers all the same.
   * @throws when that has been so for long
   */
  leaderHoldsMore(isSo: boolean): void {
    this.behindSince = isSo ? (this.behindSince ?? performance.now()) : undefined;
    if (this.behindSince === undefined || performance.now() - this.behindSince < BEHIND_FOR_MS) return;
    throw new Error(
      `the server that holds the consumer has delivered nothing for ${BEHIND_FOR_MS / 1_000} s, though the leader of the stream holds more`,
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.silence.stop();
    this.current?.stop();
    this.buffer.close();
    // A server that is away must not hold up a stop; it forgets the consumer by itself after a while.
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

  /** By the size of the largest of the messages seen last. */
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
      // The client goes on by itself with another consumer, on any replica: what it holds may be another history.
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

/** Another consumer is made then, on a server that is there. */
function isSilent(): Error {
  return new Error(
    `the server that holds the consumer has said nothing for ${SILENT_FOR_MS / 1_000} s: it may be away`,
  );
}
