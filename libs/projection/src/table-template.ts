/**
 * One table of a generation. Tables of generations are not made by migrations: a rebuild makes the next ones from these templates beside
 * the live ones. What the proof and the repair need to know of a table stands here too, so that they can pass over none.
 */
export type TableTemplate = OwnedTable | DerivedTable;

interface TableShape {
  /** In camel case, as operators see it in differences; the table of generation 3 of `tokenSearch` is `token_search_3`. */
  readonly name: string;
  /** SQL: the columns, without the primary key. */
  readonly columns: string;
  /** The primary key. */
  readonly key: readonly string[];
  /** More columns in the primary key's index. */
  readonly include?: readonly string[];
  readonly fillfactor?: number;
  /** SQL: everything but the primary key, one statement each, made once a rebuild has filled the table. */
  readonly indexes?: (table: string) => readonly string[];

  /** A column that is never null, by whose values rows are compared in groups first; left out: the whole table at once. */
  readonly groupedBy?: string;
  /** SQL over a row: what means the same in the tables of every schema version; left out: nothing does. */
  readonly core?: string;
  /** SQL over a row `t`: whether it says anything; one that does not counts like no row. Left out: always. */
  readonly counts?: (generation: number) => string;
}

/** A table whose rows events make. */
export interface OwnedTable extends TableShape {
  /** Whose row it is: repairs put right all rows of an owner. */
  readonly owner: RowOwner;
  readonly derivedFrom?: undefined;
  /** Another owner on which a row's own one depends: what is not known of that one cannot be put right for this one. */
  readonly dependsOn?: RowOwner;
  /**
   * SQL: whether a row of the live generation is told of by no event that was read into the folded one, by its key and its column
   * `version`. Left out: its rows follow from those of other tables.
   * @param row alias of the live generation's row
   */
  readonly untold?: (row: string, live: number, folded: number) => string;
  /** SQL: whether the live generation knows what a row `t` of another one says, or what took its place. Left out: it says nothing by itself. */
  readonly isKnown?: (live: number) => string;
}

/** A table whose rows follow from those of other tables. */
export interface DerivedTable extends TableShape {
  /** SQL: the rows as the other tables make them, with all columns in order. */
  readonly derivedFrom: (generation: number) => string;
  readonly owner?: undefined;
  readonly untold?: undefined;
  readonly isKnown?: undefined;
}

export interface RowOwner {
  /** `token`, for instance. */
  readonly of: string;
  /** The column with its id, one of the key. A text in it has no `/`: differences are told by the columns of the key with that between. */
  readonly column: string;
  /** SQL: the type of the column; `bigint` unless told. All owners of one name have ids of one type. */
  readonly type?: 'bigint' | 'integer' | 'text' | 'uuid';
}

/** SQL: ids of owners as rows with one column of the owner's name for it. @param ids a parameter */
export function idsSql({ column, type = 'bigint' }: RowOwner, ids: string): string {
  return `unnest(${ids}::${type}[]) given (${column})`;
}

/** A projection. */
interface WithTables {
  readonly tables: readonly TableTemplate[];
}

/** @param generation numbers are given once in a database, whichever projection it is of */
export function tableName({ name }: Pick<TableTemplate, 'name'>, generation: number): string {
  return `${snakeCase(name)}_${generation}`;
}

/** Every table of a generation. */
export function tableNames({ tables }: WithTables, generation: number): string[] {
  return tables.map((template) => tableName(template, generation));
}

/** Tables and primary keys only: a rebuild fills them before it pays for the other indexes. */
export function createTablesSql({ tables }: WithTables, generation: number): string {
  return tables.map((template) => createTableSql(template, generation)).join('\n');
}

function createTableSql(template: TableTemplate, generation: number): string {
  const { columns, key, include, fillfactor } = template;
  const including = include ? ` include (${include.join(', ')})` : '';
  const storage = fillfactor === undefined ? '' : ` with (fillfactor = ${fillfactor})`;
  return `create table ${tableName(template, generation)} (
${columns.trim().replace(/^ +/gm, '  ')},
  primary key (${key.join(', ')})${including}
)${storage};`;
}

/** Everything but the primary keys; one statement each, so that a rebuild can show its progress. */
export function createIndexesSql({ tables }: WithTables, generation: number): string[] {
  return tables.flatMap((template) => [...(template.indexes?.(tableName(template, generation)) ?? [])]);
}

export function dropTablesSql(projection: WithTables, generation: number): string {
  return `drop table if exists ${tableNames(projection, generation).join(', ')}`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
