import type { Client } from 'pg';
import { isFaultOfTheData } from '#read-model/postgres-errors.js';
import type { HeaderEntries } from '#token-events/cloud-event.js';
import { decode } from '#token-events/decode.js';
import type { DomainEvent } from '#token-events/events.js';
import { inTransaction } from '../lead/fenced.js';
import type { Leading } from '../lead/leading.js';
import { applyEvents } from '../project/apply-events.js';

/** Letters are as large as messages; so many are in memory at a time. */
export const LETTERS_AT_A_TIME = 50;

/** A generation that is not live, and who may write it. */
export interface LetterTarget {
  readonly client: Client;
  readonly fence: (client: Client) => Promise<void>;
  readonly generation: number;
}

/** The stream that the generation is made from, of which only the letters of its present life count. */
export interface LetterStream {
  readonly stream: string;
  readonly streamCreated: string;
}

interface Place {
  readonly resolvedAt: string;
  readonly id: string;
}

/**
 * The read model is what the stream says, and what the letters say that an operator has replayed. Those the stream does not bring to
 * another generation: it applied the message as a letter too, or had done so long before. So a job applies them to the generation it
 * brings up to date. By version, as ever: it does not matter that this is late, or done twice.
 */
export class ReplayedLetters {
  private constructor(
    private readonly target: LetterTarget,
    private readonly stream: LetterStream,
    private place: Place,
  ) {}

  /** Applies all of them. What this release cannot apply stays out of its generations, as it would if it were replayed now. */
  static async apply(target: LetterTarget, stream: LetterStream, leading: Leading): Promise<ReplayedLetters> {
    // Between two batches no replay is under way: what is not there yet will have a later time.
    const now = await leading.betweenBatches(({ client }) => timeOf(client));
    const letters = new ReplayedLetters(target, stream, { resolvedAt: '-infinity', id: '0' });
    await letters.applyLater();
    letters.place = { resolvedAt: now, id: '0' };
    return letters;
  }

  /** Applies those that have been replayed meanwhile. Between two batches nothing of them is left then. */
  async applyLater(): Promise<void> {
    for (;;) {
      const { events, last } = await this.next();
      await this.applyOrSkip(events);
      if (!last) return;
      this.place = last;
    }
  }

  private async next(): Promise<{ events: DomainEvent[]; last: Place | undefined }> {
    const { rows } = await this.target.client.query<StoredContents & { id: string; resolved_at: string }>(
      `select id, resolved_at::text, headers, payload from dead_letter
      where resolution = 'replayed' and payload <> '' and (resolved_at, id) > ($1::timestamptz, $2::bigint)
        and (stream <> $3 or split_part(stream_created, '#', 1) = $4)
      order by dead_letter.resolved_at, id limit ${LETTERS_AT_A_TIME}`,
      [this.place.resolvedAt, this.place.id, this.stream.stream, this.stream.streamCreated],
    );
    const decoded = rows.map(decodeLetter);
    const last = rows.at(-1);
    return {
      events: decoded.flatMap((letter) => (letter.kind === 'event' ? [letter.event] : [])),
      last: last && { resolvedAt: last.resolved_at, id: last.id },
    };
  }

  /** Events that PostgreSQL refuses for their data are halved until only those are left. */
  private async applyOrSkip(events: readonly DomainEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { client, fence, generation } = this.target;
    try {
      await inTransaction(client, async () => {
        await fence(client);
        await applyEvents(client, { generation, sequence: 0 }, events);
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

/** A letter's message as it is stored. */
export interface StoredContents {
  readonly headers: string;
  readonly payload: Buffer;
}

/** What the message of a letter says to this release. */
export function decodeLetter({ headers, payload }: StoredContents): ReturnType<typeof decode> {
  return decode(payload, JSON.parse(headers) as HeaderEntries);
}

async function timeOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ now: string }>('select clock_timestamp()::text as now');
  return rows[0]!.now;
}

/**
 * Removes the contents of letters that were replayed, once no roll-back can need them: the time for one is over, and there is no other
 * generation from before. A rebuild reads the message itself, which this release can apply.
 */
export async function emptyReplayed(client: Client, keepHours: number): Promise<void> {
  await client.query(
    `update dead_letter set payload = '', headers = '[]' where id in (
      select id from dead_letter letter where resolution = 'replayed' and payload <> ''
      and resolved_at < clock_timestamp() - $1 * interval '1 hour'
      and not exists (select 1 from generation where state <> 'live' and created_at < letter.resolved_at)
      order by resolved_at, id limit 1000)`,
    [keepHours],
  );
}
