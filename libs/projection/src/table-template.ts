/**
 * One table of a generation. Tables of generations are not made by migrations: a rebuild makes the next ones from these templates beside
 * the live ones. What the proof and the repair need to know of a table stands here too, so that they can pass over none.
 */
export interface TableTemplate {
  /** In camel case, as operators see it in differences; the table of generation 3 of `tokenSearch` is `token_search_3`. */
  readonly name: string;
  /** SQL: the columns, without the primary key. */
  readonly columns: string;
  /** The primary key. Its first column, or `group`, is compared by numbers. */
  readonly key: readonly string[];
  /** More columns in the primary key's index. */
  readonly include?: readonly string[];
  readonly fillfactor?: number;
  /** SQL: everything but the primary key, one statement each, made once a rebuild has filled the table. */
  readonly indexes?: (table: string) => readonly string[];

  /** A column by whose values rows are compared in groups first; left out: the whole table at once. */
  readonly groupedBy?: string;
  /** SQL over a row: what means the same in the tables of every schema version; left out: nothing does. */
  readonly core?: string;
  /** SQL over a row `t`: whether it says anything; one that does not counts like no row. Left out: always. */
  readonly counts?: (generation: number) => string;
  /** Whose row it is: repairs put right all rows of an owner. Left out where rows follow from other tables, see `derivedFrom`. */
  readonly owner?: RowOwner;
  /** Another owner on which a row's own one depends: what is not known of that one cannot be put right for this one. */
  readonly dependsOn?: RowOwner;
  /** SQL: the rows as the other tables make them, with all columns in order. */
  readonly derivedFrom?: (generation: number) => string;
  /**
   * SQL: whether a row of the live generation is told of by no event that was read into the folded one. Left out: its rows follow from
   * those of other tables.
   * @param row alias of the live generation's row
   */
  readonly untold?: (row: string, live: number, folded: number) => string;
  /** SQL: whether the live generation knows what a row `t` of another one says, or what took its place. Left out: it says nothing by itself. */
  readonly isKnown?: (live: number) => string;
}

export interface RowOwner {
  /** `token`, for instance. */
  readonly of: string;
  /** The column with its id. */
  readonly column: string;
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
