import type { LoadFigures } from '../measure/load.js';
import { ratio, spread } from '../measure/statistics.js';
import { CONCURRENCY, POOL_SIZE, ROUNDS, type BenchOptions } from '../options.js';
import type { Cell, Chart, Report } from '../report/report.js';
import { hasPgbench } from './pgbench.js';

export type ListRounds = Readonly<
  Record<'ours' | 'remembering' | 'floor' | 'peer' | 'pgbench', readonly LoadFigures[]>
>;

const perSecond = (rounds: readonly LoadFigures[]) => rounds.map((round) => round.perSecond);
const cpuMs = (rounds: readonly LoadFigures[]) => rounds.map((round) => round.cpuMs);

/** A caller who may see two customers beside one who may see all. */
export type ScopedRounds = Readonly<Record<'ofTwo' | 'ofAll', readonly LoadFigures[]>>;

/** @param rounds by limit, as `scoped` */
export function listReport(
  { tokens, seconds }: BenchOptions,
  rounds: ReadonlyMap<number, ListRounds>,
  scoped: ReadonlyMap<number, ScopedRounds>,
): Report {
  const rateRow = (limit: number, { ours, remembering, floor, peer, pgbench }: ListRounds): Cell[] => [
    `limit=${limit}`,
    spread(perSecond(ours)),
    spread(perSecond(remembering)),
    spread(perSecond(floor)),
    spread(perSecond(peer)),
    hasPgbench() ? spread(perSecond(pgbench)) : 'no pgbench here',
    ratio(perSecond(ours), perSecond(floor)),
    ratio(perSecond(remembering), perSecond(floor)),
    ratio(perSecond(ours), perSecond(peer)),
  ];
  const cpuRow = (limit: number, { ours, floor, peer }: ListRounds): Cell[] => [
    `limit=${limit}`,
    ...[ours, floor, peer].map((of) => spread(cpuMs(of))),
    ratio(cpuMs(ours), cpuMs(floor)),
    ratio(cpuMs(peer), cpuMs(ours)),
  ];
  return {
    name: 'list',
    title: 'requests per second over HTTP',
    method:
      `The newest tokens of ${tokens.toLocaleString('en')}, by id. One process each, ${CONCURRENCY} connections of autocannon, ` +
      `${POOL_SIZE} connections to PostgreSQL, ${ROUNDS} rounds of ${seconds} s in turn: median (min..max). Ratios are of the same round.`,
    tables: [
      {
        title: 'Answers per second',
        columns: [
          'request',
          'ours',
          'from memory',
          'floor',
          'peer',
          'database alone',
          'ours / floor',
          'from memory / floor',
          'ours / peer',
        ],
        rows: Array.from(rounds, ([limit, of]) => rateRow(limit, of)),
      },
      {
        title: 'Processor time of the answering process, milliseconds an answer',
        columns: ['request', 'ours', 'floor', 'peer', 'ours / floor', 'peer / ours'],
        rows: Array.from(rounds, ([limit, of]) => cpuRow(limit, of)),
      },
      {
        title: 'A caller of two customers of some 250 tokens each, answers per second',
        columns: ['request', 'of two customers', 'of all', 'two / all'],
        rows: Array.from(scoped, ([limit, { ofTwo, ofAll }]): Cell[] => [
          `limit=${limit}`,
          ...[ofTwo, ofAll].map((of) => spread(perSecond(of))),
          ratio(perSecond(ofTwo), perSecond(ofAll)),
        ]),
      },
    ],
    notes: [
      'ours: the query app as `npm run start:query` starts it, with JWT, validation, the exact count and the position, every page read (`PAGE_CACHE_BYTES=0`)',
      'from memory: the same without that setting, so that this one request, which is always the same, is answered from memory',
      'floor: Fastify and `pg` answer the same stored documents, named statement; no auth, no validation, no count',
      'peer: Nest on Fastify with TypeORM `findAndCount` over a plain table of the same tokens, answering the same JSON; no auth, no validation',
      'no second peer: `nestjs-paginate` 15.0.1 is for Nest 10 and 11 and does not install beside Nest 12',
      `database alone: the very statement of ours sent by pgbench over ${POOL_SIZE} connections`,
    ],
    charts: Array.from(rounds, ([limit, of]) => chart(limit, of)),
  };
}

function chart(limit: number, { ours, floor, peer }: ListRounds): Chart {
  return {
    title: `List requests per second, limit=${limit}`,
    bars: [
      { label: 'ours', isOurs: true, ...spread(perSecond(ours)) },
      { label: 'floor: Fastify + pg, no count', isOurs: false, ...spread(perSecond(floor)) },
      { label: 'peer: Nest + TypeORM', isOurs: false, ...spread(perSecond(peer)) },
    ],
  };
}
