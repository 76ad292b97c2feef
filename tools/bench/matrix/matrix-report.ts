import { median } from '../measure/statistics.js';
import type { BenchOptions } from '../options.js';
import type { Cell, Report, Table } from '../report/report.js';
import { LIMIT } from './combinations.js';
import type { Comparison } from './comparison.js';
import { CALLS } from './list-clock.js';
import { requestText } from './request-text.js';
import { targetText, verdict, type TimedRequest } from './targets.js';
import { AGAIN, type Timed } from './time-all.js';

/** @param all the slowest first */
export async function matrixReport(
  { tokens }: BenchOptions,
  comparison: Comparison,
  all: readonly Timed[],
  aimed: readonly TimedRequest[],
): Promise<Report> {
  const floor = await comparison.floor();
  const missed = aimed.filter((timed) => verdict(timed) === 'missed').length;
  return {
    name: 'matrix',
    title: 'every kind of list request, in the database and the driver',
    method:
      `${tokens.toLocaleString('en')} tokens, limit=${LIMIT}; statements as the list builds them, on connections set up as the query app's are, ` +
      `one at a time, median of ${CALLS} calls (of ${AGAIN.calls} for the slowest and the fastest), milliseconds.`,
    tables: [summary(all, floor), await slowestTable(all, comparison), await aimedTable(aimed, comparison)],
    notes: [
      `floor: the newest ${LIMIT} stored documents by their key, named statement, no count: ${floor.toFixed(2)} ms`,
      'peer: the same request over a plain table of the same tokens, a page and a `count(*)`, `ilike` for the search; no ORM',
      `${aimed.length - missed} of ${aimed.length} targets hit, ${missed} missed`,
    ],
    charts: [],
  };
}

function summary(all: readonly Timed[], floor: number): Table {
  const slowest = all[0]!;
  const fastest = all.at(-1)!;
  const middle = median(all.map(({ ms }) => ms));
  const rows: Cell[][] = [
    ['slowest', slowest.ms, slowest.ms / floor, requestText(slowest.request)],
    ['median', middle, middle / floor, ''],
    ['fastest', fastest.ms, fastest.ms / floor, requestText(fastest.request)],
    ['slowest / fastest', slowest.ms / fastest.ms, '', ''],
  ];
  const title = `${all.length.toLocaleString('en')} combinations of filters, customers and orders, without search and dates`;
  return { title, columns: ['', 'ms', 'times the floor', 'request'], rows };
}

async function slowestTable(all: readonly Timed[], comparison: Comparison): Promise<Table> {
  const rows: Cell[][] = [];
  for (const { request, ms } of all.slice(0, AGAIN.ends)) {
    const peer = await comparison.peer(request);
    rows.push([requestText(request), ms, peer, ms / peer]);
  }
  return { title: 'The ten slowest of them', columns: ['request', 'ms', 'peer ms', 'ours / peer'], rows };
}

async function aimedTable(aimed: readonly TimedRequest[], comparison: Comparison): Promise<Table> {
  const rows: Cell[][] = [];
  for (const timed of aimed) {
    const { matches, page, count, total } = timed.time;
    const cells = [matches, page, count, total, await comparison.peer(timed.request)];
    rows.push([timed.what, ...cells, targetText(timed.target), verdict(timed)]);
  }
  const columns = ['request', 'matches', 'page ms', 'count ms', 'both ms', 'peer ms', 'target ms', ''];
  return { title: 'Dates, other filters, searches and deep pages against their targets', columns, rows };
}
