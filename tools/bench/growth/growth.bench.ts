import type { Bench } from '../bench.js';
import { LIMIT } from '../matrix/combinations.js';
import { MemoryWatch, type PeakMemory } from '../measure/memory-watch.js';
import { interleaved } from '../measure/rounds.js';
import { ratio, spread } from '../measure/statistics.js';
import { ROUNDS } from '../options.js';
import { numberText } from '../report/cells.js';
import type { Cell, Report, Table } from '../report/report.js';
import { askForMuch } from './large-answers.js';
import { Probe, type RoundOfRequests } from './probe.js';

const SIZES = [100_000, 1_000_000] as const;

export const growthBench: Bench = {
  name: 'growth',
  about: 'what list requests cost as the table grows',
  run: async (bench) => {
    const probes = new Map<string, Probe>();
    const memory: MemoryOfSize[] = [];
    for (const tokens of sizesFor(bench.options.tokens)) {
      const watch = new MemoryWatch();
      const site = await bench.readModel(tokens);
      await askForMuch(site, tokens, bench.options.seconds);
      watch.stop();
      memory.push({ tokens, peaks: watch.peaks });
      probes.set(sizeName(tokens), await Probe.open(site));
    }
    const subjects = Object.fromEntries(Array.from(probes, ([name, probe]) => [name, () => probe.round()]));
    const rounds = await interleaved(subjects);
    for (const probe of probes.values()) await probe.close();
    return report(Object.entries(rounds), memory);
  },
};

/** The fixed sizes below the size in the options, and that size; also a tenth of it if it would be the only size. */
function sizesFor(tokens: number): number[] {
  const sizes = [...new Set([...SIZES.filter((size) => size <= tokens), tokens])];
  return sizes.length > 1 ? sizes : [tokens / 10, tokens];
}

function sizeName(tokens: number): string {
  return `${tokens.toLocaleString('en')} tokens`;
}

interface MemoryOfSize {
  readonly tokens: number;
  readonly peaks: ReadonlyMap<string, PeakMemory>;
}

/** A read model that another benchmark of the run has made already shows no process that made it. */
function memoryTable(sizes: readonly MemoryOfSize[]): Table {
  const names = [...new Set(sizes.flatMap(({ peaks }) => [...peaks.keys()]))].sort();
  const cell = (peak: PeakMemory | undefined) => (peak ? `${numberText(peak.resident)} (${numberText(peak.own)})` : '');
  return {
    title: 'The most memory of any process of a kind, MB: resident (of its own)',
    columns: ['', ...sizes.map(({ tokens }) => sizeName(tokens))],
    rows: names.map((name) => [name, ...sizes.map(({ peaks }) => cell(peaks.get(name)))]),
  };
}

function report(
  sizes: readonly (readonly [name: string, rounds: RoundOfRequests[]])[],
  memory: readonly MemoryOfSize[],
): Report {
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
    tables: [{ title: 'Milliseconds a request', columns, rows }, memoryTable(memory)],
    notes: [
      `floor: the newest ${LIMIT} stored documents by their key, no count`,
      'peer: a smaller sample of the same requests over a plain table, a page and a `count(*)`; no ORM',
      'memory: looked at every second while the tokens are published, applied and vacuumed, and while a query app is asked for pages of 1,000 ' +
        'by 16 connections, at the beginning and in the middle of the table, and for an export of all tokens. In brackets the largest part that ' +
        'a process shares with no other and with no file: a process of PostgreSQL also counts what it has touched of the 1 GB that all share. ' +
        'The benchmark itself publishes the tokens',
    ],
    charts: [],
  };
}
