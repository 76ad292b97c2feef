import { publishSeed } from '../../seed/publish-seed.js';
import type { SeedEvent } from '../../seed/seed-event.js';
import { Tally } from '../../seed/tally.js';
import { progress } from '../measure/progress.js';
import type { Site } from './site.js';

const LOOK_EVERY_MS = 200;

/** Publishes as fast as the stream acknowledges. @param expected the approximate number, for the progress bar */
export async function publishEvents(
  { nats, baseSubject }: Pick<Site, 'nats' | 'baseSubject'>,
  events: Iterable<SeedEvent>,
  expected: number,
): Promise<Tally> {
  const tally = new Tally();
  const shown = progress('publishing', expected);
  const timer = setInterval(() => shown.to(tally.events), LOOK_EVERY_MS);
  try {
    await publishSeed(nats, { baseSubject }, events, tally);
  } finally {
    clearInterval(timer);
    shown.end();
  }
  return tally;
}
