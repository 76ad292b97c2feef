import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventReader } from '../consume/event-reader.js';
import { movePosition, positionOf, type Position } from '../consume/position.js';
import type { StreamMessage } from '../consume/stream-message.js';
import { disconnectWriter } from '../lead/writer-client.js';
import { checkLease, type Lease } from '../lead/lease.js';
import { applyOrPark } from '../project/apply-or-park.js';
import { JobFailed } from './job-ended.js';

const MAX_BATCH_WEIGHT = 10_000;
const ARRIVAL_MS = 250;

/**
 * Feeds a generation that is not live from the stream, on a connection and a reader of its own, while the live one goes on being
 * fed. Its writes need no lock on the lease: whoever writes it writes the same, and its position moves by compare-and-set.
 */
export class GenerationBuild {
  private carried: readonly StreamMessage[] = [];

  private constructor(
    readonly client: Client,
    private readonly lease: Lease,
    private readonly reader: EventReader,
    public position: Position,
  ) {}

  /** @param source stream and its `created`, which a generation that was never fed takes over */
  static async open(
    client: Client,
    lease: Lease,
    connection: NatsConnection,
    generation: number,
    source: Pick<Position, 'stream' | 'streamCreated'>,
  ): Promise<GenerationBuild> {
    // Losing the last commits in a crash costs nothing: their events are read again.
    await client.query('set synchronous_commit = off');
    const stored = await positionOf(client, generation);
    const position = { ...stored, ...source };
    if (stored.streamCreated !== source.streamCreated) {
      if (stored.streamCreated !== null)
        throw new JobFailed(`generation ${generation} was begun from a stream that has been replaced since`);
      await movePosition(client, stored, position, null);
    }
    const reader = await EventReader.open(jetstream(connection), source.stream!, position.sequence + 1);
    return new GenerationBuild(client, lease, reader, position);
  }

  /**
   * Applies everything up to and including a sequence, never beyond it.
   * @param stopped asked between batches; true ends early
   * @returns whether everything up to there is applied now
   */
  async feedTo(sequence: number, stopped: () => boolean, progress: (position: number) => void): Promise<boolean> {
    while (this.position.sequence < sequence && !stopped()) {
      const messages = await this.arrived();
      const within = messages.filter((message) => message.sequence <= sequence);
      this.carried = messages.slice(within.length);
      if (within.length > 0) await this.apply(within);
      progress(this.position.sequence);
      // The message at the wanted sequence itself may have been removed from the stream.
      if (this.carried.length > 0 || (messages.length === 0 && (await this.reader.isDrained()))) return true;
    }
    return this.position.sequence >= sequence;
  }

  /** Says that the generation holds everything up to another one's position, which it does after {@link feedTo} up to there. */
  async takePosition(of: Position): Promise<void> {
    if (this.position.sequence >= of.sequence) return;
    const to = { ...this.position, sequence: of.sequence, fingerprint: of.fingerprint };
    await movePosition(this.client, this.position, to, null);
    this.position = to;
  }

  async close(): Promise<void> {
    await this.reader.close();
    await disconnectWriter(this.client);
  }

  private async arrived(): Promise<readonly StreamMessage[]> {
    const { carried } = this;
    this.carried = [];
    if (carried.length > 0) return carried;
    const messages = await this.reader.next(ARRIVAL_MS, MAX_BATCH_WEIGHT);
    // Give the live generation's loop its turn.
    await sleep(0);
    return messages;
  }

  private async apply(messages: readonly StreamMessage[]): Promise<void> {
    const fence = (client: Client) => checkLease(client, this.lease);
    await applyOrPark(
      { client: this.client, position: this.position, fence },
      messages,
      ({ position }) => (this.position = position),
    );
  }
}
