import { jetstream } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MixedUpdates } from '../events/mixed-updates.js';
import { quantile } from '../measure/statistics.js';
import type { Site } from '../place/site.js';

export const EVENTS_PER_SECOND = 500;

const TICK_MS = 10;
const PER_TICK = (EVENTS_PER_SECOND * TICK_MS) / 1_000;
/** The pause between two readings. Together with the time of a reading it is the accuracy of the figures. */
const LOOK_EVERY_MS = 2;

export interface SteadyFigures {
  readonly p50: number;
  readonly p99: number;
}

/**
 * A steady stream of events: milliseconds from the acknowledgement of each until a reading finds the position at or beyond it.
 * @param position the stream sequence up to which everything is visible
 */
export async function steadyEvents(
  { nats, baseSubject }: Pick<Site, 'nats' | 'baseSubject'>,
  updates: MixedUpdates,
  seconds: number,
  position: () => Promise<number>,
): Promise<SteadyFigures> {
  const waiting: { readonly sequence: number; readonly since: number }[] = [];
  const times: number[] = [];
  let isPublishing = true;
  const watching = (async () => {
    while (isPublishing || waiting.length > 0) {
      const reached = await position();
      const now = performance.now();
      const isSeen = ({ sequence }: { readonly sequence: number }) => sequence <= reached;
      while (waiting[0] && isSeen(waiting[0])) times.push(Math.max(0, now - waiting.shift()!.since));
      await sleep(LOOK_EVERY_MS);
    }
  })();
  const stream = jetstream(nats);
  const publishOne = async () => {
    const { subject, event } = updates.one();
    const { seq: sequence } = await stream.publish(`${baseSubject}.${subject}`, JSON.stringify(event));
    waiting.push({ sequence, since: performance.now() });
  };
  await inTicks(seconds, () => Promise.all(Array.from({ length: PER_TICK }, publishOne)));
  isPublishing = false;
  await watching;
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

/** Follows the clock: after a late tick the next ones follow at once. */
async function inTicks(seconds: number, tick: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let done = 0; done < (seconds * 1_000) / TICK_MS; done += 1) {
    const early = startedAt + done * TICK_MS - performance.now();
    if (early > 0) await sleep(early);
    sent.push(tick());
  }
  await Promise.all(sent);
}
