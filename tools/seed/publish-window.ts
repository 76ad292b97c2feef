import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Publishes lazily made items, at most `size` of them unacknowledged. It makes the next item only when there is room for it. After the
 * first failure it makes no further item, waits for those in flight, then throws the failure.
 */
export async function publishInWindow<Item, Ack>(
  items: Iterable<Item>,
  publish: (item: Item) => Promise<Ack>,
  onAck: (item: Item, ack: Ack) => void,
  size = 512,
): Promise<void> {
  const failures: unknown[] = [];
  let outstanding = 0;
  let wake: () => void = () => undefined;
  const settled = () => new Promise<void>((resolve) => (wake = resolve));
  const send = async (item: Item) => {
    try {
      onAck(item, await publish(item));
    } catch (error) {
      failures.push(error);
    }
    outstanding -= 1;
    wake();
  };
  for (const item of items) {
    outstanding += 1;
    void send(item);
    while (outstanding >= size) await settled();
    if (failures.length > 0) break;
  }
  while (outstanding > 0) await settled();
  if (failures.length > 0) throw failures[0];
}

/** Tries again after 0.25, 0.5, 1 and 2 seconds. Only for work that is safe to do twice. */
export async function withRetries<T>(attempt: () => Promise<T>, pauses = [250, 500, 1_000, 2_000]): Promise<T> {
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch {
      await sleep(pause);
    }
  }
  return attempt();
}
