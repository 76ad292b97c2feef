import type { Bench } from '../bench.js';
import { LIMIT } from '../matrix/combinations.js';
import { interleaved } from '../measure/rounds.js';
import { ratio, spread } from '../measure/statistics.js';
import { ROUNDS } from '../options.js';
import type { Cell, Report } from '../report/report.js';
import { Probe, type RoundOfRequests } from './probe.js';

const SIZES = [100_000, 1_000_000] as const;

export const growthBench: Bench = {
  name: 'growth',
  about: 'what list requests cost as the table grows',
  run: async (bench) => {
    const probes = new Map<string, Probe>();
    for (const tokens of sizesFor(bench.options.tokens)) {
      probes.set(`${tokens.toLocaleString('en')} tokens`, await Probe.open(await bench.readModel(tokens)));
    }
    const subjects = Object.fromEntries(Array.from(probes, ([name, probe]) => [name, () => probe.round()]));
    const rounds = await interleaved(subjects);
    for (const probe of probes.values()) await probe.close();
    return report(Object.entries(rounds));
  },
};

/** The fixed sizes below the size in the options, and that size; also a tenth of it if it would be the only size. */
function sizesFor(tokens: number): number[] {
  const sizes = [...new Set([...SIZES.filter((size) => size <= tokens), tokens])];
  return sizes.length > 1 ? sizes : [tokens / 10, tokens];
}

function report(sizes: readonly (readonly [name: string, rounds: RoundOfRequests[]])[]): Report {
  const of = (rounds: readonly RoundOfRequests[], figure: keyof RoundOfRequests) =>
    rounds.map((round) => round[figure]);
  const [, smallest] = sizes[0]!;
  const rows = sizes.map(([name, rounds]): Cell[] => [
    name,
    spread(of(rounds, 'mean')),
    spread(of(rounds, 'p95')),
    ratio(of(rounds, 'mean'), of(smallest, 'mean')),
    spread(of(rounds, 'floor')),
    spread(of(rounds, 'peer')),
    ratio(of(rounds, 'peer'), of(smallest, 'peer')),
  ]);
  const columns = [
    'size',
    'ours ms',
    'ours p95 ms',
    'times the smallest',
    'floor ms',
    'peer ms',
    'peer: times the smallest',
  ];
  return {
    name: 'growth',
    title: 'what list requests cost as the table grows',
    method:
      `A sample of all list requests without search and dates, limit=${LIMIT}, in the database and the driver, one at a time; the mean of a ` +
      `round, and ${ROUNDS} rounds in turn: median (min..max).`,
    tables: [{ title: 'Milliseconds a request', columns, rows }],
    notes: [
      `floor: the newest ${LIMIT} stored documents by their key, no count`,
      'peer: a smaller sample of the same requests over a plain table, a page and a `count(*)`; no ORM',
    ],
    charts: [],
  };
}
