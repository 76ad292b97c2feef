import type { LoadFigures } from '../measure/load.js';
import { ratio, spread } from '../measure/statistics.js';
import { CONCURRENCY, ROUNDS, type BenchOptions } from '../options.js';
import type { Cell, Report } from '../report/report.js';

export type NatsRounds = Readonly<Record<'ours' | 'floor' | 'http', readonly LoadFigures[]>>;

/** @param rounds by limit */
export function natsReport({ tokens, seconds }: BenchOptions, rounds: ReadonlyMap<number, NatsRounds>): Report {
  const table = (title: string, figure: keyof LoadFigures) => ({
    title,
    columns: ['request', 'ours', 'floor', 'ours over HTTP', 'ours / floor', 'NATS / HTTP'],
    rows: Array.from(rounds, ([limit, of]): Cell[] => {
      const [ours, floor, http] = [of.ours, of.floor, of.http].map((each) => each.map((round) => round[figure]));
      return [
        `limit=${limit}`,
        spread(ours!),
        spread(floor!),
        spread(http!),
        ratio(ours!, floor!),
        ratio(ours!, http!),
      ];
    }),
  });
  return {
    name: 'nats',
    title: 'requests per second over NATS',
    method:
      `The newest tokens of ${tokens.toLocaleString('en')}, by id, asked for by a plain nats.js requester in a process of its own, ` +
      `${CONCURRENCY} requests in flight, bodies unparsed; ${ROUNDS} rounds of ${seconds} s in turn: median (min..max).`,
    tables: [
      table('Answers per second', 'perSecond'),
      table('Processor time of the answering process, milliseconds an answer', 'cpuMs'),
    ],
    notes: [
      'floor: a nats.js responder that joins the same stored documents; no validation, no count, no headers',
      'the peer is our own HTTP door under autocannon, with the same number of requests in flight',
    ],
    charts: Array.from(rounds, ([limit, { ours, floor, http }]) => ({
      title: `List requests per second by door, limit=${limit}`,
      bars: [
        { label: 'ours over NATS', isOurs: true, ...spread(ours.map(({ perSecond }) => perSecond)) },
        { label: 'ours over HTTP', isOurs: true, ...spread(http.map(({ perSecond }) => perSecond)) },
        { label: 'floor over NATS', isOurs: false, ...spread(floor.map(({ perSecond }) => perSecond)) },
      ],
    })),
  };
}
