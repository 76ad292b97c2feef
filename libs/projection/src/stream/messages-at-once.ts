import { bytesOf } from './message-buffer.js';
import type { FoundMessage } from './stream.js';

/**
 * About how many bytes of messages are asked for at once. A server cuts off a client with more than its `max_pending` on the way to it
 * (64 MiB unless configured), and each message is answered whole, in base64.
 */
const LOT_BYTES = 768 * 1024;
/** Small messages may be followed by large ones: this many of the largest that a server takes are below its `max_pending`, by default. */
const MOST = 32;

/** Decides how many messages to ask a stream's leader for at once. Their sizes are known only from the answers: it begins with one. */
export class MessagesAtOnce {
  private largest = LOT_BYTES;

  /**
   * Asks for the messages of items, in order.
   * @returns each item with its message, lot by lot; the next lot is asked for when the caller wants it
   */
  async *ask<Item>(
    items: readonly Item[],
    find: (item: Item) => Promise<FoundMessage | undefined>,
  ): AsyncGenerator<readonly (readonly [Item, FoundMessage | undefined])[]> {
    const left = [...items];
    while (left.length > 0) {
      const found = await Promise.all(
        left.splice(0, this.lot()).map(async (item) => [item, await find(item)] as const),
      );
      const sizes = found.map(([, message]) => (message ? bytesOf(message) : 0));
      this.largest = Math.max(1, this.largest / 4, ...sizes);
      yield found;
    }
  }

  /** Based on the size of the largest recent message. */
  private lot(): number {
    return Math.min(MOST, Math.max(1, Math.floor(LOT_BYTES / this.largest)));
  }
}
