import type { Client } from 'pg';
import { isFaultOfTheData } from '#service-runtime/postgres/postgres-errors.js';
import type { ProjectedEvent, Projection } from '../projection.js';
import type { Leadership } from '../run/leadership.js';
import { applyEvents } from '../run/apply-events.js';
import {
  BEFORE_ALL_LETTERS,
  nextReplayed,
  timeOf,
  type LetterPlace,
  type LetterStream,
} from '../store/replayed-letters.js';
import { inTransaction } from '../store/transaction.js';

/** A generation that is not live, and who may write it. */
export interface LetterTarget {
  readonly projection: Projection;
  readonly client: Client;
  readonly fence: (client: Client) => Promise<void>;
  readonly generation: number;
}

/**
 * The read model is what the stream says, and what the letters say that an operator has replayed. Those the stream does not bring to
 * another generation: it applied the message as a letter too, or had done so long before. So a job applies them to the generation it
 * brings up to date. By version, like every event: it does not matter that this is late, or done twice.
 */
export class ReplayedLetters {
  private constructor(
    private readonly target: LetterTarget,
    private readonly stream: LetterStream,
    private place: LetterPlace,
  ) {}

  /** Applies all of them. What this release cannot apply stays out of its generations, as it would if it were replayed now. */
  static async apply(target: LetterTarget, stream: LetterStream, leading: Leadership): Promise<ReplayedLetters> {
    // Between two batches no replay is under way: what is not there yet will have a later time.
    const now = await leading.betweenBatches(({ client }) => timeOf(client));
    const letters = new ReplayedLetters(target, stream, BEFORE_ALL_LETTERS);
    await letters.applyLater();
    letters.place = { resolvedAt: now, id: '0' };
    return letters;
  }

  /** Applies those that have been replayed meanwhile. Between two batches nothing of them is left then. */
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

  /** Events that PostgreSQL refuses for their data are halved until only those are left. */
  private async applyOrSkip(events: readonly ProjectedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { projection, client, fence, generation } = this.target;
    try {
      await inTransaction(client, async () => {
        await fence(client);
        await applyEvents(client, projection, { generation, sequence: 0 }, events);
      });
    } catch (error) {
      if (!isFaultOfTheData(error)) throw error;
      if (events.length === 1) return;
      const half = events.length >> 1;
      await this.applyOrSkip(events.slice(0, half));
      await this.applyOrSkip(events.slice(half));
    }
  }
}
