import { generationTables } from '#token-read-model/generation-tables.js';

export const TABLES = generationTables(1);
const OF_TOKENS: ReadonlySet<string | undefined> = new Set([TABLES.token, TABLES.tokenUpdated, TABLES.tokenSearch]);

/** A node of what `explain (analyze, format json)` tells. Rows are those of one loop. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Join Type'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Subplan Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** All nodes that were carried out; a gate that stays shut leaves some that were not. */
export function* nodesOf(plan: PlanNode): Generator<PlanNode> {
  if (plan['Actual Loops'] === 0) return;
  yield plan;
  for (const child of plan.Plans ?? []) yield* nodesOf(child);
}

/** Scans of the tables that have a row for every token. */
export function tokenScans(plan: PlanNode): PlanNode[] {
  return [...nodesOf(plan)].filter((node) => OF_TOKENS.has(node['Relation Name']));
}

/** Of all loops together, at least: PostgreSQL tells their average, up to version 17 rounded to a whole number. */
export function rowsOf(node: PlanNode): number {
  const { 'Actual Rows': rows, 'Actual Loops': loops } = node;
  return loops === 1 ? rows : Math.max(0, rows - 0.5) * loops;
}

/** Rows that were read in vain. */
export function removedBy(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return removed * node['Actual Loops'];
}

/** Pairs of rows that a join compared in vain, because it looked nothing up. */
export function comparedInVain(plan: PlanNode): number {
  const inVain = (node: PlanNode) => (node['Rows Removed by Join Filter'] ?? 0) * node['Actual Loops'];
  return Array.from(nodesOf(plan), inVain).reduce((sum, each) => sum + each, 0);
}

/** How many rows the largest sort was given. */
export function mostSorted(plan: PlanNode): number {
  const sorts = [...nodesOf(plan)].filter((node) => node['Node Type'].endsWith('Sort'));
  return Math.max(0, ...sorts.map((sort) => rowsOf(sort.Plans![0]!)));
}

export function describeScan(node: PlanNode): string {
  return `${node['Node Type']} of ${node['Index Name'] ?? node['Relation Name']}`;
}
