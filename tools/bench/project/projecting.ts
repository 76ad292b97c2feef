import type { SeedEvent } from '../../seed/seed-event.js';
import type { FilledReadModel } from '../place/filled-read-model.js';
import { publishEvents } from '../place/publish-events.js';
import { RunningProjector } from '../place/running-projector.js';

/** Makes this many new events each time it is called. */
export type EventSource = (count: number) => Iterable<SeedEvent>;

/** In production events reach a projector that has run for a while, so the bench warms it up first. */
const WARM_UP_EVENTS = 3_000;

/** The real projector, started again for each figure. */
export class Projecting {
  /** The largest of all projectors so far, in MB. */
  peakRssMb = 0;

  constructor(private readonly site: FilledReadModel) {}

  /** Events arrive while the projector runs: from the first publish to position = head. @returns events per second */
  async live(events: EventSource, count: number): Promise<number> {
    const projector = await RunningProjector.start(this.site);
    const { lastSequence: warm } = await publishEvents(this.site, events(WARM_UP_EVENTS), WARM_UP_EVENTS);
    await projector.reaches(warm);
    const startedAt = performance.now();
    const { lastSequence } = await publishEvents(this.site, events(count), count);
    const done = await projector.reaches(lastSequence);
    await this.end(projector);
    return count / ((done - startedAt) / 1_000);
  }

  /** Events are in the stream when the projector starts: from its first read of the stream to position = head. */
  async backlog(events: EventSource, count: number): Promise<number> {
    const { lastSequence } = await publishEvents(this.site, events(count), count);
    const projector = await RunningProjector.start(this.site);
    const done = await projector.reaches(lastSequence);
    const seconds = (done - projector.projectingSince) / 1_000;
    await this.end(projector);
    return count / seconds;
  }

  private async end(projector: RunningProjector): Promise<void> {
    this.peakRssMb = Math.max(this.peakRssMb, projector.peakRssMb);
    await projector.stop();
  }
}
