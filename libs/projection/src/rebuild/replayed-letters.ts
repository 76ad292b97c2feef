import type { Client } from 'pg';
import type { ProjectedEvent, Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { applyEvents } from '../run/apply-events.js';
import { untilFaulty } from '../run/until-faulty.js';
import {
  BEFORE_ALL_LETTERS,
  nextReplayed,
  timeOf,
  type LetterPlace,
  type LetterStream,
} from '../store/replayed-letters.js';
import { inTransaction } from '../store/transaction.js';

/** A generation that is not live, with the fence that allows a worker to write it. */
export interface LetterTarget {
  readonly projection: Projection;
  readonly client: Client;
  readonly fence: (client: Client) => Promise<void>;
  readonly generation: number;
}

/**
 * The read model consists of the events of the stream and of the letters that an operator has replayed. A new generation does not get these
 * letters from the stream: their messages were parked again, or were read long before. So a job applies the replayed letters to the
 * generation that it brings up to date. Each event takes effect by its version, so it may come late or twice.
 */
export class ReplayedLetters {
  private constructor(
    private readonly target: LetterTarget,
    private readonly stream: LetterStream,
    private place: LetterPlace,
  ) {}

  /** Applies all of them. Letters that this release cannot apply stay out of its generations, as they would in a replay now. */
  static async apply(target: LetterTarget, stream: LetterStream, leading: Leadership): Promise<ReplayedLetters> {
    // Between two batches no replay is in progress: letters replayed after this moment get a later time.
    const now = await leading.betweenBatches(({ client }) => timeOf(client));
    const letters = new ReplayedLetters(target, stream, BEFORE_ALL_LETTERS);
    await letters.applyLater();
    letters.place = { resolvedAt: now, id: '0' };
    return letters;
  }

  /** Applies the letters replayed meanwhile. Called between two batches, it leaves none. */
  async applyLater(): Promise<void> {
    const { client, projection } = this.target;
    for (;;) {
      const letters = await nextReplayed(client, projection, this.stream, this.place);
      await this.applyOrSkip(letters.flatMap(({ decoded }) => (decoded.kind === 'event' ? [decoded.event] : [])));
      const last = letters.at(-1);
      if (!last) return;
      this.place = last.place;
    }
  }

  /** Events that cannot be applied because of their data have no effect. */
  private async applyOrSkip(events: readonly ProjectedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { projection, client, fence, generation } = this.target;
    const apply = (some: readonly ProjectedEvent[]) =>
      inTransaction(client, async () => {
        await fence(client);
        await applyEvents(client, projection, { generation, sequence: 0 }, some);
      });
    await untilFaulty(events, apply, () => undefined);
  }
}
