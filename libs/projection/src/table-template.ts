/**
 * One table of a generation. Migrations do not make these tables: a rebuild makes the next ones from these templates beside the live ones.
 * A template also says how to verify and repair its table, so that no table is left out.
 */
export type TableTemplate = OwnedTable | DerivedTable | PastTable;

interface TableShape {
  /** In camel case, as operators see it in differences; generation 3 of `tokenSearch` is the table `token_search_3`. */
  readonly name: string;
  /** SQL: the columns, without the primary key. */
  readonly columns: string;
  /** The primary key. */
  readonly key: readonly string[];
  /** More columns in the primary key's index. */
  readonly include?: readonly string[];
  readonly fillfactor?: number;
  /** SQL: all indexes except the primary key, one statement each. A rebuild runs them once it has filled the table. */
  readonly indexes?: (table: string) => readonly string[];

  /**
   * A column that is never null: the comparison first compares groups of rows with the same value. Left out: it first compares the whole
   * table.
   */
  readonly groupedBy?: string;
  /** SQL over a row: the part that has the same meaning in every schema version; left out: no part has. */
  readonly core?: string;
  /**
   * SQL over a row `t`, whose columns it names with the `t`: the part that events determine, in any order and in any batches. Left out: the
   * whole row.
   */
  readonly compared?: string;
  /** SQL over a row `t`: whether it says anything; a row that does not counts as missing. Left out: every row counts. */
  readonly counts?: (generation: number) => string;
}

/** A table whose rows events make. */
export interface OwnedTable extends TableShape {
  /** The owner of a row: a repair corrects all rows of an owner. */
  readonly owner: RowOwner;
  readonly derivedFrom?: undefined;
  /** Another owner that the row's owner depends on: if the other one has untold rows, this one cannot be repaired. */
  readonly dependsOn?: RowOwner;
  /**
   * SQL: whether no event that was read into the folded generation mentions a row of the live one, by its key and its column `version`.
   * Left out: the rows follow from those of other tables.
   * @param row alias of the live generation's row
   */
  readonly untold?: (row: string, live: number, folded: number) => string;
  /**
   * SQL: whether the live generation holds the fact in a row `t` of another generation, or a later fact that replaced it. Left out: the row
   * holds no fact of its own.
   */
  readonly isKnown?: (live: number) => string;
}

/** A table whose rows follow from those of other tables. */
export interface DerivedTable extends TableShape {
  /** SQL: the rows computed from the other tables, with all columns in order. */
  readonly derivedFrom: (generation: number) => string;
  readonly owner?: undefined;
  readonly untold?: undefined;
  readonly isKnown?: undefined;
}

/**
 * A table that remembers what the rows of others were: no other generation can know it, so it is not compared. The projection itself keeps
 * it through rebuilds and repairs, see `ChangeOrder`.
 */
interface PastTable extends TableShape {
  readonly isOfThePast: true;
  readonly owner?: undefined;
  readonly derivedFrom?: undefined;
  readonly untold?: undefined;
  readonly isKnown?: undefined;
}

export interface RowOwner {
  /** The kind of owner: `token`, for instance. */
  readonly of: string;
  /**
   * The column with the owner's id, a part of the key. A text in it has no `/`: reports of differences put `/` between the columns of the
   * key.
   */
  readonly column: string;
  /** SQL: the type of the column; `bigint` if left out. All owners of one kind have ids of one type. */
  readonly type?: 'bigint' | 'integer' | 'text' | 'uuid';
}

/** SQL: ids of owners as rows with one column, named like the owner's column. @param ids a parameter */
export function idsSql({ column, type = 'bigint' }: RowOwner, ids: string): string {
  return `unnest(${ids}::${type}[]) given (${column})`;
}

/** SQL over a row `t`: what a comparison of two rows of one schema looks at. */
export function comparedSql({ compared = 't::text' }: Pick<TableTemplate, 'compared'>): string {
  return compared;
}

/** The part of a projection that this file needs: the templates of its tables. */
interface WithTables {
  readonly tables: readonly TableTemplate[];
}

interface WithTableNames {
  readonly tables: readonly Pick<TableTemplate, 'name'>[];
}

/** @param generation its number is unique in the database, across projections */
export function tableName({ name }: Pick<TableTemplate, 'name'>, generation: number): string {
  return `${snakeCase(name)}_${generation}`;
}

/** The names of a projection's tables, without the number of a generation. */
export function tableStems({ tables }: WithTableNames): string[] {
  return tables.map(({ name }) => snakeCase(name));
}

/** Every table of a generation. */
export function tableNames({ tables }: WithTableNames, generation: number): string[] {
  return tables.map((template) => tableName(template, generation));
}

/** Creates tables with their primary keys only: a rebuild fills them before it makes the other indexes. */
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

/** All indexes except the primary keys; one statement each, so that a rebuild can show its progress. */
export function createIndexesSql({ tables }: WithTables, generation: number): string[] {
  return tables.flatMap((template) => [...(template.indexes?.(tableName(template, generation)) ?? [])]);
}

export function dropTablesSql(made: WithTableNames, generation: number): string {
  return `drop table if exists ${tableNames(made, generation).join(', ')}`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
