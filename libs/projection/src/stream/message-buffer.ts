import type { Projection } from '../projection.js';
import type { MessageHeaders } from './message-headers.js';
import type { StreamMessage } from './stream-message.js';
import { weightOf } from './weight.js';

/** The largest number of messages kept ready, and about how many bytes; the rest waits in the stream. */
export const BUFFER_MESSAGES = 2_000;
const BUFFER_BYTES = 16 * 1024 * 1024;

export type BufferedMessage = StreamMessage & { readonly headers: MessageHeaders };

/** Messages that have arrived and are not applied yet, in the order of the stream. */
export class MessageBuffer {
  private readonly messages: BufferedMessage[] = [];
  private bytes = 0;
  private arrived: (() => void) | undefined;
  private taken: (() => void) | undefined;

  constructor(private readonly projection: Pick<Projection, 'weigh'>) {}

  get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  get isFull(): boolean {
    return this.messages.length >= BUFFER_MESSAGES || this.bytes >= BUFFER_BYTES;
  }

  add(message: BufferedMessage): void {
    this.messages.push(message);
    this.bytes += bytesOf(message);
    this.wake();
  }

  /**
   * Takes the first messages.
   * @param maxWeight the limit, by {@link weightOf}
   * @param cutAtGaps whether to end before missing sequences
   */
  take(maxWeight: number, cutAtGaps: boolean): BufferedMessage[] {
    const { messages } = this;
    let weight = 0;
    let count = 0;
    while (count < messages.length && weight < maxWeight) {
      const { sequence } = messages[count]!;
      if (cutAtGaps && count > 0 && sequence !== messages[count - 1]!.sequence + 1) break;
      weight += weightOf(this.projection, messages[count]!);
      count += 1;
    }
    const batch = messages.splice(0, count);
    for (const message of batch) this.bytes -= bytesOf(message);
    this.taken?.();
    return batch;
  }

  /** Takes back messages that were taken last. */
  giveBack(messages: readonly BufferedMessage[]): void {
    this.messages.unshift(...messages);
    for (const message of messages) this.bytes += bytesOf(message);
  }

  /** Waits until messages are taken. */
  whenTaken(): Promise<void> {
    return new Promise((resolve) => (this.taken = resolve));
  }

  /** Waits until a message arrives, at most for this long. */
  whenArrived(withinMs: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => (this.arrived = undefined));
  }

  /** Ends the waiting for a message: none will arrive. */
  wake(): void {
    this.arrived?.();
  }

  /** Ends all waiting. */
  close(): void {
    this.wake();
    this.taken?.();
  }
}

export function bytesOf({ payload, headers }: Pick<BufferedMessage, 'payload' | 'headers'>): number {
  return payload.length + headers.bytes;
}
