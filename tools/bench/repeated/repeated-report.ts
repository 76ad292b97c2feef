import { EVENTS_PER_SECOND } from '../freshness/steady-events.js';
import type { LoadFigures } from '../measure/load.js';
import { ratio, spread } from '../measure/statistics.js';
import { CONCURRENCY, ROUNDS, type BenchOptions } from '../options.js';
import type { Cell, Report } from '../report/report.js';

export type RepeatedRounds = Readonly<Record<'kept' | 'read' | 'floor' | 'bare', readonly LoadFigures[]>>;

/**
 * @param rounds by limit
 * @param hitRate the share of requests that were answered from memory
 */
export function repeatedReport(
  { tokens, seconds }: BenchOptions,
  rounds: ReadonlyMap<number, RepeatedRounds>,
  hitRate: number,
): Report {
  const table = (title: string, figure: keyof LoadFigures) => ({
    title,
    columns: ['request', 'from memory', 'read', 'floor', 'bare', 'memory / read', 'memory / floor', 'memory / bare'],
    rows: Array.from(rounds, ([limit, of]): Cell[] => {
      const figures = (name: keyof RepeatedRounds) => of[name].map((round) => round[figure]);
      const [kept, read, floor, bare] = [figures('kept'), figures('read'), figures('floor'), figures('bare')];
      return [
        `limit=${limit}`,
        ...[kept, read, floor, bare].map(spread),
        ...[read, floor, bare].map((other) => ratio(kept, other)),
      ];
    }),
  });
  return {
    name: 'repeated',
    title: 'repeated list requests while events are applied',
    method:
      `100 requests of 50 callers, each with a JWT of two customers of some 250 tokens, again and again over ${CONCURRENCY} connections of autocannon, while the ` +
      `projector applies ${EVENTS_PER_SECOND} updates a second of ${tokens.toLocaleString('en')} tokens; ${ROUNDS} rounds of ${seconds} s in turn: ` +
      `median (min..max). ${(hitRate * 100).toFixed(1)} % of the requests came from memory.`,
    tables: [
      table('Answers per second', 'perSecond'),
      table('Processor time of the answering process, milliseconds an answer', 'cpuMs'),
    ],
    notes: [
      'from memory: the query app with its defaults; read: with `PAGE_CACHE_BYTES=0`',
      'floor: Fastify and `pg` read the newest tokens of all customers; no auth, no validation, no count',
      'bare: Fastify sends the same bytes from memory; it knows of no change',
    ],
    charts: [],
  };
}
