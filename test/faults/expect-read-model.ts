import { EVENT_TYPES, type DomainEvent } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import { tokensOf } from '../oracle/oracle.js';
import type { CloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import type { TestDatabase } from '../support/database.js';
import type { TestStream } from '../support/stream.js';
import { contentOf, headOf, type StoredMessage } from './stream-content.js';
import type { Acknowledged } from './traffic.js';

export interface Parts {
  readonly database: TestDatabase;
  readonly stream: TestStream;
  readonly query: { readonly url: string };
}

const PAGE = 1_000;
const known: ReadonlySet<string> = new Set(EVENT_TYPES);

/**
 * The read model equals the fold of what the stream holds: the list, page by page, over HTTP; the counts; the position; and every
 * event the server acknowledged is in it. That no event was applied twice or in part follows from the equality.
 * @param isPoison messages that belong into the dead letters, and nowhere else
 */
export async function expectReadModelOfStream(
  { database, stream, query }: Parts,
  acknowledged: readonly Acknowledged[] = [],
  isPoison: (message: StoredMessage) => boolean = () => false,
): Promise<void> {
  const head = await headOf(stream);
  await waitForPosition(query.url, head);
  const content = await contentOf(stream);
  expectAcknowledged(content, acknowledged);
  const poison = content.filter(isPoison);
  const tokens = tokensOf(content.filter((message) => !isPoison(message)).flatMap(domainEventsOf));

  const { rows, counts } = await wholeList(query.url);
  expect(counts).toEqual(new Set([tokens.length]));
  expect(rows).toEqual(tokens.sort((a, b) => a.id - b.id));
  expect(await bookkeeping(database)).toEqual({
    position: head,
    stale: null,
    rows: [tokens.length, tokens.length, tokens.length],
    wrongCounts: 0,
    deadLetters: poison.map(({ sequence }) => sequence),
  });
}

function expectAcknowledged(content: readonly StoredMessage[], acknowledged: readonly Acknowledged[]): void {
  const ids = new Map(content.map(({ sequence, payload }) => [sequence, Buffer.from(payload).toString()]));
  const lost = acknowledged.filter(({ sequence, eventId }) => !ids.get(sequence)?.includes(eventId));
  expect(lost).toEqual([]);
}

/** None for an event of a kind that the projector does not know. */
export function domainEventsOf({ payload }: StoredMessage): DomainEvent[] {
  const { type, id, time, data } = JSON.parse(Buffer.from(payload).toString()) as CloudEvent;
  return known.has(type) ? [{ type, eventId: id, time, data } as DomainEvent] : [];
}

/** Ascending by id, and every count that came with a page. */
async function wholeList(url: string): Promise<{ rows: TokenDocument[]; counts: Set<number> }> {
  const rows: TokenDocument[] = [];
  const counts = new Set<number>();
  for (;;) {
    const reply = await httpList(url, { sortBy: 'id', sortDirection: 'asc', limit: PAGE, offset: rows.length });
    const { data, count } = reply.json<{ data: TokenDocument[]; count: number }>();
    counts.add(count);
    rows.push(...data);
    if (data.length < PAGE) return { rows, counts };
  }
}

interface Bookkeeping {
  readonly position: number;
  readonly stale: string | null;
  /** Of the three tables that hold a row per token. */
  readonly rows: number[];
  readonly wrongCounts: number;
  readonly deadLetters: number[];
}

async function bookkeeping(database: TestDatabase): Promise<Bookkeeping> {
  const [live] = await database.query<{ number: number; position: string; stale: string | null }>(
    `select number, position, stale_because as stale from generation where projection = 'tokens' and state = 'live'`,
  );
  const { number, position, stale } = live!;
  const [counted] = await database.query<{ rows: number[]; wrong: number }>(`
    with counted as (
      select customer_id, facet, count(*) as tokens from token_${number} group by 1, 2
      union all select 0, facet, count(*) from token_${number} group by facet
    ), kept as (select * from token_count_${number} where tokens <> 0)
    select array[(select count(*) from token_${number}), (select count(*) from token_updated_${number}),
        (select count(*) from token_search_${number})]::int[] as rows,
      (select count(*) from counted full join kept using (customer_id, facet)
        where counted.tokens is distinct from kept.tokens)::int as wrong`);
  const letters = await database.query<{ sequence: string }>(
    `select sequence from dead_letter where projection = 'tokens' order by sequence`,
  );
  return {
    position: Number(position),
    stale,
    rows: counted!.rows,
    wrongCounts: counted!.wrong,
    deadLetters: letters.map(({ sequence }) => Number(sequence)),
  };
}
