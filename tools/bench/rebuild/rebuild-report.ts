import type { JobPhase } from '#projection/job.js';
import { median, ratio, spread } from '../measure/statistics.js';
import { PEER_EVENTS } from '../peer/saves-per-second.js';
import { numberText } from '../report/cells.js';
import type { Cell, Report } from '../report/report.js';
import type { FloorSeconds } from './copy-floor.js';
import { ROUNDS } from './sizes.js';
import type { RebuildSeconds } from './timed-rebuild.js';

const PHASES: readonly JobPhase[] = ['filling', 'indexing', 'catching up', 'proving', 'switching'];

/** A shorter time has no rate. */
const MEASURABLE_S = 0.1;

export interface RebuildRounds {
  readonly ours: readonly RebuildSeconds[];
  readonly floor: readonly FloorSeconds[];
  /** Events per second. */
  readonly peer: readonly number[];
}

/** @param peakRssMb of the projector that did all rounds, and also fed the live generation */
export function rebuildReport(tokens: number, events: number, rounds: RebuildRounds, peakRssMb: number): Report {
  const totals = rounds.ours.map(({ total }) => total);
  const floors = rounds.floor.map(({ total }) => total);
  const peers = rounds.peer.map((perSecond) => events / perSecond);
  const perMillion = (seconds: readonly number[]) => spread(seconds.map((value) => (value / events) * 1e6));
  const row = (name: string, seconds: readonly number[], floor?: readonly number[]): Cell[] => [
    name,
    spread(seconds),
    median(seconds) >= MEASURABLE_S ? spread(seconds.map((value) => events / value)) : '',
    floor ? spread(floor) : '',
    floor ? ratio(seconds, floor) : '',
  ];
  const ours = (phase: JobPhase) => rounds.ours.map(({ phases }) => phases[phase] ?? 0);
  const floorOf = (phase: JobPhase) => {
    if (phase === 'filling') return rounds.floor.map(({ copy }) => copy);
    return phase === 'indexing' ? rounds.floor.map(({ index, vacuum }) => index + vacuum) : undefined;
  };
  return {
    name: 'rebuild',
    title: 'a rebuild beside the live generation',
    method:
      `The ${numberText(events)} events of ${numberText(tokens)} tokens, read again by the running projector into the next generation, as ` +
      `\`tokenctl rebuild\` asks for it; NATS and PostgreSQL on the same machine. ${ROUNDS} rounds in turn: median (min..max).`,
    tables: [
      {
        title: 'Seconds by phase',
        columns: ['phase', 'ours s', 'events per second', 'floor s', 'ours / floor'],
        rows: [...PHASES.map((phase) => row(phase, ours(phase), floorOf(phase))), row('total', totals, floors)],
      },
      {
        title: 'Seconds for a million events',
        columns: ['ours', 'floor', 'peer', 'peer / ours'],
        rows: [[perMillion(totals), perMillion(floors), perMillion(peers), ratio(peers, totals)]],
      },
    ],
    notes: [
      'events per second: all events of the stream over the seconds of the phase; the total is what an operator waits for',
      'floor: the rows of the finished generation from files of the database server by COPY into the same tables with their primary keys, then the ' +
        'same index builds and vacuum; no events, no counts, no proof',
      `peer: one TypeORM \`repository.save\` per event in a Nest handler; a sample of ${PEER_EVENTS} events a round, extrapolated, and without any proof or switch`,
      `peak memory of the projector: ${numberText(peakRssMb)} MB (RSS)`,
    ],
    charts: [
      {
        title: `Seconds for a million events (peer, extrapolated: ${numberText((median(peers) / events) * 1e6)})`,
        bars: [
          { label: 'ours', isOurs: true, ...perMillion(totals) },
          { label: 'floor: COPY and index builds', isOurs: false, ...perMillion(floors) },
        ],
      },
    ],
  };
}
