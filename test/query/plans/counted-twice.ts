import { nodesOf, tokenScans, type PlanNode } from './plan.js';

/** Counts over the same rows of the same table that were carried out more than once; those up to a bound cost little. */
export function countedTwice(plan: PlanNode): string[] {
  const counts = [...nodesOf(plan)]
    .filter((node) => node['Node Type'] === 'Aggregate' && node.Plans?.[0]?.['Node Type'] !== 'Limit')
    .map((node) => tokenScans(node).map(whatItReads).join(' and '))
    .filter((reads) => reads !== '');
  return [...new Set(counts.filter((reads, i) => counts.indexOf(reads) !== i))].map(
    (reads) => `counts twice: ${reads}`,
  );
}

/** PostgreSQL numbers the aliases of a table that a statement names more than once. */
function whatItReads({ 'Relation Name': table, 'Index Cond': condition = '', Filter: filter = '' }: PlanNode): string {
  return `${table} ${condition} ${filter}`.replaceAll(/\b([a-z]+)_\d+\./g, '$1.');
}
