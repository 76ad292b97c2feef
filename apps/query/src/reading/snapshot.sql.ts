import type { GenerationTables } from '#token-read-model/generation-tables.js';

export interface SnapshotParts {
  /** The name under which it is prepared once; left out where it is planned for its values. */
  readonly name?: string;
  /** Of all parts. */
  readonly values: readonly unknown[];
  /** Common table expressions that count and page use. */
  readonly shared?: readonly string[];
  /** An expression. */
  readonly count: string;
  /** A select of the single column `document`, ordered. */
  readonly page: string;
}

/**
 * Which documents an answer gets, so that no page needs more memory than is reserved. `short`: each document of at most so many bytes; in
 * the place of a longer one {@link TOO_LONG} and its number of bytes. `sized`: all documents where they have at most so many bytes in total,
 * each with its comma; otherwise none. The head then also says how many bytes they have.
 */
export interface WantedDocuments {
  readonly as: 'short' | 'sized';
  readonly bytes: number;
}

/** Hardly any document is longer. Pages are read in this way first. */
export const SHORT: WantedDocuments = { as: 'short', bytes: 4_096 };

/** No document begins like this. */
export const TOO_LONG = '!';

/**
 * A statement over one generation's tables. With a `name` it is prepared once per connection and planned once, whatever its
 * values; without one it is planned for its values each time.
 */
export interface ReadStatement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/**
 * One statement, and so one snapshot, for everything an answer says: first a row "position lag stale count", then one row per
 * document. No first row: the generation is not the live one. One column, because the driver pays per field: 1.5 µs a row
 * with four of them, 0.6 µs with one. The rows come in this order because an Append without parallel workers runs its
 * branches one after the other; connections of the query app have parallel workers off.
 */
export function snapshotSql(tables: GenerationTables, parts: SnapshotParts, wanted: WantedDocuments): ReadStatement {
  const { name, values } = parts;
  const bytes = `$${values.length + 1}`;
  return {
    ...(name === undefined ? {} : { name: wanted.as === 'short' ? name : `${name}_sized` }),
    text: wanted.as === 'short' ? shortSql(tables, parts, bytes) : sizedSql(tables, parts, bytes),
    values: [...values, wanted.bytes],
  };
}

function shortSql(tables: GenerationTables, { shared = [], count, page }: SnapshotParts, bytes: string): string {
  return `${withSql(shared)}${headSql(tables, count)}
union all
select case when octet_length(page.document) <= ${bytes} then page.document else '${TOO_LONG}' || octet_length(page.document) end from (
${page}
) page`;
}

/** How many bytes a text has is known without reading it from where long ones are kept. */
function sizedSql(tables: GenerationTables, { shared = [], count, page }: SnapshotParts, bytes: string): string {
  const sized = [
    `page as materialized (
${page}
)`,
    'size as materialized (select coalesce(sum(octet_length(document) + 1), 0) as bytes from page)',
  ];
  return `${withSql([...shared, ...sized])}${headSql(tables, `${count}, (select bytes from size)`)}
union all
select document from page where (select bytes from size) <= ${bytes}::bigint`;
}

function withSql(expressions: readonly string[]): string {
  return expressions.length > 0 ? `with ${expressions.join(',\n')}\n` : '';
}

function headSql({ generation }: GenerationTables, counts: string): string {
  return `select concat_ws(' ', coalesce(g.complete_to, g.position), ${LAG_MS}, coalesce(g.stale_because, '-'), ${counts})
from generation g where g.number = ${generation} and g.state = 'live'`;
}

/** Milliseconds since the tables last were known to hold everything the stream held. */
const LAG_MS = `ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint`;
