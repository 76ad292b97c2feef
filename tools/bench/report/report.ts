/** The result of a bench. */
export interface Report {
  readonly name: string;
  readonly title: string;
  /** The method in a paragraph: a figure means nothing without it. */
  readonly method: string;
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
  readonly charts: readonly Chart[];
}

export interface Table {
  readonly title: string;
  /** The first column holds names, the others mostly figures. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | Spread;

/** Several rounds of one figure. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Bars that can be compared with each other. */
export interface Chart {
  readonly title: string;
  readonly bars: readonly (Spread & { readonly label: string; readonly isOurs: boolean })[];
}
