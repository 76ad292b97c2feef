import { CHANGES_SINCE, IDENTIFIERS_SINCE, type GenerationTables } from '#token-read-model/generation-tables.js';

/** What tables of older schema versions do not have. */
export interface NeededSchema {
  readonly version: number;
  /** As the beginning of a sentence. */
  readonly what: string;
}

export const IDENTIFIERS: NeededSchema = {
  version: IDENTIFIERS_SINCE,
  what: 'appUserId and the resolving of uids and labels',
};

export const CHANGES: NeededSchema = { version: CHANGES_SINCE, what: 'changes' };

export interface SnapshotParts {
  /** The name under which the statement is prepared once; left out if it is planned for its values. */
  readonly name?: string;
  readonly needs?: NeededSchema;
  /** The values of all parts. */
  readonly values: readonly unknown[];
  /** Common table expressions that count and page use. */
  readonly shared?: readonly string[];
  /** An SQL expression. */
  readonly count: string;
  /** A select of the single column `document`, ordered. */
  readonly page: string;
}

/**
 * The documents that an answer gets, so that no page needs more memory than is reserved. `short`: each document of at most this many bytes;
 * in place of a longer one {@link TOO_LONG} and its number of bytes. `sized`: all documents if they have at most this many bytes in total,
 * each with its comma; otherwise none. The first row then also says how many bytes they have. `streamed`: as `short`, but the mark has the
 * token's id, by which a reader of any number of documents gets the long ones one by one.
 */
export interface WantedDocuments {
  readonly as: 'short' | 'sized' | 'streamed';
  readonly bytes: number;
}

/** Few documents are longer. Pages are read in this way first. */
export const SHORT: WantedDocuments = { as: 'short', bytes: 4_096 };

/** A batch of documents is read at once. */
export const STREAMED: WantedDocuments = { as: 'streamed', bytes: 16_384 };

/** No row of a page begins with these characters. */
export const HEAD = '#';
export const TOO_LONG = '!';

/**
 * A statement over one generation's tables. With a `name` a connection prepares and plans it once for all values; without a name PostgreSQL
 * plans it for its values each time.
 */
export interface ReadStatement {
  readonly name?: string;
  /** One that may take long, or that comes in crowds, takes a place among its kind first: it leaves connections to others. */
  readonly firstQueue?: 'resolve' | 'changes';
  /** One that many wait for does not wait among the others. */
  readonly pool?: 'state';
  readonly needs?: NeededSchema;
  readonly text: string;
  readonly values: unknown[];
}

export type StatementOver = (tables: GenerationTables, wanted: WantedDocuments, schemaVersion: number) => ReadStatement;

/**
 * One statement, and so one snapshot, for everything in an answer: first a row "# position lag stale count", then one row per document.
 * Without a first row the generation is not live. There is one column, because the driver's cost is per field: 1.5 µs a row with four of
 * them, 0.6 µs with one. The rows come in this order because an Append without parallel workers runs its branches one after the other;
 * connections of the query app have parallel workers off.
 */
export function snapshotSql(tables: GenerationTables, parts: SnapshotParts, wanted: WantedDocuments): ReadStatement {
  const { name, needs, values } = parts;
  const bytes = `$${values.length + 1}`;
  return {
    ...(name === undefined ? {} : { name: wanted.as === 'short' ? name : `${name}_${wanted.as}` }),
    ...(needs ? { needs } : {}),
    text: wanted.as === 'sized' ? sizedSql(tables, parts, bytes) : shortSql(tables, parts, bytes, MARKS[wanted.as]),
    values: [...values, wanted.bytes],
  };
}

/** What follows {@link TOO_LONG}. */
const MARKS = { short: 'octet_length(page.document)', streamed: "(page.document::json ->> 'id')" } as const;

function shortSql(
  tables: GenerationTables,
  { shared = [], count, page }: SnapshotParts,
  bytes: string,
  mark: string,
): string {
  return `${withSql(shared)}${headSql(tables, count)}
union all
select case when octet_length(page.document) <= ${bytes} then page.document else '${TOO_LONG}' || ${mark} end from (
${page}
) page`;
}

/** PostgreSQL knows the byte length of a long text without reading it from its TOAST table. */
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
  return `select concat_ws(' ', '${HEAD}', ${POSITION}, ${LAG_MS}, coalesce(g.stale_because, '-'), ${counts})
from generation g where g.number = ${generation} and g.state = 'live'`;
}

/** The tables hold everything up to it. */
const POSITION = 'coalesce(g.complete_to, g.position)';
/** Milliseconds since the tables were last known to hold everything in the stream. */
const LAG_MS = `ceil(date_part('epoch', greatest(clock_timestamp() - coalesce(g.caught_up_at, g.created_at), interval '0')) * 1000)::bigint`;

/** What the first row of an answer says of the read model, without an answer. */
export const STATE_SQL = `
  select ${POSITION} as position, ${LAG_MS} as lag, g.stale_because as stale
  from generation g where g.projection = 'tokens' and g.state = 'live'`;
