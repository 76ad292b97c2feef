import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from '../support/at-end.js';
import type { CloudEvent } from '../support/builders.js';
import type { TestStream } from '../support/stream.js';
import { RandomEvents } from './random-events.js';

/** What the server has promised to keep. */
export interface Acknowledged {
  readonly sequence: number;
  readonly eventId: string;
}

type To = Pick<TestStream, 'nats' | 'prefix'>;

const TICK_MS = 10;
const MOST_IN_FLIGHT = 400;
const ACK_WITHIN_MS = 2_000;
const RETRY_MS = 100;

/** Steady traffic of random events; each is published again, under its message id, until the server has acknowledged it. */
export class Traffic {
  readonly acknowledged: Acknowledged[] = [];
  private readonly client: JetStreamClient;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly running: Promise<void>;
  private isStopping = false;
  private isAbandoned = false;

  constructor(
    private readonly to: To,
    private readonly eventsPerSecond = 1_000,
    seed = Math.floor(Math.random() * 1_000_000),
    private readonly events: { next(): CloudEvent } = new RandomEvents(seed),
  ) {
    this.client = jetstream(to.nats, { timeout: ACK_WITHIN_MS });
    this.running = this.run();
    atEnd(`ending traffic of seed ${seed}`, () => {
      this.isAbandoned = true;
      return this.stop();
    });
  }

  /** The highest sequence acknowledged so far. */
  get head(): number {
    return this.acknowledged.reduce((head, { sequence }) => Math.max(head, sequence), 0);
  }

  /** Publishes no new event, and waits until all begun ones are acknowledged. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
    await Promise.all(this.inFlight);
  }

  private async run(): Promise<void> {
    const startedAt = performance.now();
    for (let begun = 0; !this.isStopping;) {
      const due = ((performance.now() - startedAt) / 1_000) * this.eventsPerSecond;
      for (; begun < due; begun += 1)
        if (this.inFlight.size < MOST_IN_FLIGHT) this.track(this.publish(this.events.next()));
      await sleep(TICK_MS);
    }
  }

  private track(publishing: Promise<void>): void {
    this.inFlight.add(publishing);
    void publishing.finally(() => this.inFlight.delete(publishing));
  }

  private async publish(event: CloudEvent): Promise<void> {
    const payload = JSON.stringify(event);
    const msgID = randomUUID();
    while (!this.isAbandoned) {
      try {
        const { seq: sequence } = await this.client.publish(`${this.to.prefix}.events.random`, payload, { msgID });
        this.acknowledged.push({ sequence, eventId: event.id });
        return;
      } catch {
        await sleep(RETRY_MS);
      }
    }
  }
}
