import { jetstream } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged } from '../faults/traffic.js';
import { ObservedWorld } from '../rebuild/observed-world.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent, type CloudEvent } from '../support/builders.js';
import { subjectOf } from '../support/publish.js';
import type { NatsCluster } from '../support/servers/nats-cluster.js';
import type { TestStream } from '../support/stream.js';

/** Owns the tokens of the bursts, which nobody changes: one that is lost stays lost. */
export const BURST_CUSTOMER = 4;
const FIRST_BURST_ID = 20_000_001;
const EVENTS_PER_SECOND = 150;
const ACK_WITHIN_MS = 1_000;
const RETRY_MS = 20;

/** An event that the stream has promised to keep, and when (`performance.now()`) the publisher knew. */
export type Promised = Acknowledged & { readonly at: number };

/**
 * A publisher as the token service upstream should be one: each event is published under its own id, through one node after the
 * other, until it is acknowledged. Steady changes of a small world, and bursts of new tokens when asked for.
 */
export class ClusterTraffic {
  readonly promised: Promised[] = [];
  readonly world = new ObservedWorld();
  /** By event id: what to call with the sequence under which the stream holds it. */
  readonly storing = new Map<string, (sequence: number) => void>();
  private readonly running: Promise<void>;
  private step: Promise<unknown> = Promise.resolve();
  private resting: Promise<void> | undefined;
  private isStopping = false;
  private turn = 0;
  private burstId = FIRST_BURST_ID;

  constructor(
    private readonly cluster: NatsCluster,
    private readonly stream: TestStream,
  ) {
    this.running = this.run();
    atEnd('ending the traffic', () => this.stop());
  }

  /** The highest sequence acknowledged so far. */
  get head(): number {
    return this.promised.reduce((head, { sequence }) => Math.max(head, sequence), 0);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  /** Publishes events of new tokens at once; resolves when all are acknowledged. @returns the highest of their sequences */
  async burst(tokens: number): Promise<number> {
    const events = Array.from({ length: tokens }, () =>
      aTokenEvent('token.created', { id: this.burstId++, customerId: BURST_CUSTOMER }),
    );
    return Math.max(...(await Promise.all(events.map((event) => this.publish(event)))));
  }

  /** Nothing is published, and nothing is on its way, while this is done. */
  async rest(meanwhile: () => Promise<void>): Promise<void> {
    let goOn: () => void = () => undefined;
    this.resting = new Promise((resolve) => (goOn = resolve));
    try {
      await this.step;
      await meanwhile();
    } finally {
      this.resting = undefined;
      goOn();
    }
  }

  private async run(): Promise<void> {
    for (let dueAt = performance.now(); !this.isStopping; dueAt += 1_000 / EVENTS_PER_SECOND) {
      while (this.resting) await this.resting;
      const { event, stored } = this.world.next();
      this.storing.set(event.id, stored);
      this.step = this.publish(event);
      await this.step;
      // What could not be published in time is not made up for.
      dueAt = Math.max(dueAt, performance.now() - 1_000 / EVENTS_PER_SECOND);
      await sleep(Math.max(0, dueAt - performance.now()));
    }
  }

  /** @returns the sequence it is stored under */
  private async publish(event: CloudEvent): Promise<number> {
    const payload = JSON.stringify(event);
    const subject = `${this.stream.prefix}.events.${subjectOf(event)}`;
    const msgID = randomUUID();
    for (;;) {
      const node = this.cluster.nodes[this.turn % this.cluster.nodes.length]!;
      try {
        const client = jetstream(node.connection, { timeout: ACK_WITHIN_MS });
        const { seq: sequence } = await client.publish(subject, payload, { msgID });
        this.promised.push({ sequence, eventId: event.id, at: performance.now() });
        return sequence;
      } catch (error) {
        if (this.isStopping) throw error;
        this.turn += 1;
        await sleep(RETRY_MS);
      }
    }
  }
}
