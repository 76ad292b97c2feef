import { median, spread } from '../measure/statistics.js';
import type { BenchOptions } from '../options.js';
import type { Cell, Report } from '../report/report.js';

/** A caller who has waited so long has gone. */
export const PATIENCE_SECONDS = 2;

/** What came of the requests of many connections. */
export interface Crowd {
  readonly answered: number;
  readonly refused: number;
  /** They had no answer in time, or their connection was lost. */
  readonly unanswered: number;
  readonly seconds: number;
}

export interface OverloadRounds {
  readonly ours: readonly (Crowd & { readonly liveMs: number; readonly slowestLiveMs: number })[];
  readonly floor: readonly Crowd[];
}

/** @param rounds by connections */
export function overloadReport({ tokens, seconds }: BenchOptions, rounds: ReadonlyMap<number, OverloadRounds>): Report {
  const best = (of: 'ours' | 'floor') =>
    Math.max(...Array.from(rounds.values(), (each) => median(perSecond(each[of], 'answered'))));
  const row = (connections: number, { ours, floor }: OverloadRounds): Cell[] => [
    `${connections.toLocaleString('en')} connections`,
    spread(perSecond(ours, 'answered')),
    median(perSecond(ours, 'answered')) / best('ours'),
    spread(perSecond(ours, 'refused')),
    median(perSecond(ours, 'unanswered')),
    spread(ours.map(({ liveMs }) => liveMs)),
    spread(ours.map(({ slowestLiveMs }) => slowestLiveMs)),
    spread(perSecond(floor, 'answered')),
    median(perSecond(floor, 'answered')) / best('floor'),
    median(perSecond(floor, 'unanswered')),
  ];
  return {
    name: 'overload',
    title: 'answers in time while far more is asked than can be answered',
    method:
      `The newest 50 of ${tokens.toLocaleString('en')} tokens. Every connection asks again as soon as it has an answer or a refusal; after ${PATIENCE_SECONDS} s ` +
      `without one it is closed and another one asks. 3 rounds of ${seconds} s in turn: median (min..max).`,
    tables: [
      {
        title: 'A second',
        columns: [
          'asked by',
          'ours answered',
          'of its best',
          'refused',
          'unanswered',
          'live ms',
          'slowest live ms',
          'floor answered',
          'of its best',
          'unanswered',
        ],
        rows: Array.from(rounds, ([connections, of]) => row(connections, of)),
      },
    ],
    notes: [
      'ours: with `PAGE_CACHE_BYTES=0`, so that every page is read; refused: 503 with `Retry-After`, which these callers do not heed',
      `unanswered: no answer after ${PATIENCE_SECONDS} s, or a lost connection`,
      'live: `GET /health/live` every 50 ms on a connection of its own',
      'floor: Fastify and `pg`, 8 connections, no limit to what waits',
    ],
    charts: [],
  };
}

function perSecond(rounds: readonly Crowd[], figure: 'answered' | 'refused' | 'unanswered'): number[] {
  return rounds.map((round) => round[figure] / round.seconds);
}
