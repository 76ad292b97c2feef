import { SHARES } from '../events/mixed-updates.js';
import { median, ratio, spread } from '../measure/statistics.js';
import { PEER_EVENTS } from '../peer/saves-per-second.js';
import type { FillFigures } from '../place/filled-read-model.js';
import { numberText } from '../report/cells.js';
import type { Cell, Report } from '../report/report.js';
import { eventsPerFigure, ROUNDS } from './sizes.js';

const KINDS = { new: 'new tokens', mixed: 'mixed updates' } as const;
type Kind = keyof typeof KINDS;

/** Events per second, by round. */
export type ProjectRounds = Readonly<
  Record<`${Kind}${'Live' | 'Backlog' | 'Floor' | 'Peer'}` | 'mixedUnfollowed' | 'allColumns', readonly number[]>
>;

/** @param peakRssMb of the projectors that were started on the existing table */
export function projectReport(tokens: number, fill: FillFigures, rounds: ProjectRounds, peakRssMb: number): Report {
  const rows = (Object.keys(KINDS) as Kind[]).map((kind): Cell[] => [
    KINDS[kind],
    spread(rounds[`${kind}Live`]),
    spread(rounds[`${kind}Backlog`]),
    spread(rounds[`${kind}Floor`]),
    spread(rounds[`${kind}Peer`]),
    ratio(rounds[`${kind}Backlog`], rounds[`${kind}Floor`]),
    ratio(rounds[`${kind}Backlog`], rounds[`${kind}Peer`]),
  ]);
  const count = numberText(eventsPerFigure(tokens));
  return {
    name: 'project',
    title: 'events per second of the projector',
    method:
      `NATS, PostgreSQL and the projector on the same machine, a table of ${numberText(tokens)} tokens at the beginning, ${count} events a figure, ` +
      `${ROUNDS} rounds in turn: median (min..max).`,
    tables: [
      {
        title: 'Events per second over a table that is there',
        columns: ['', 'ours, live', 'ours, backlog', 'floor', 'peer', 'backlog / floor', 'backlog / peer'],
        rows,
      },
      {
        title: 'What the change feed costs: mixed updates from a backlog, with its index and without it',
        columns: ['with the feed', 'without it', 'with / without'],
        rows: [
          [
            spread(rounds.mixedBacklog),
            spread(rounds.mixedUnfollowed),
            ratio(rounds.mixedBacklog, rounds.mixedUnfollowed),
          ],
        ],
      },
      {
        title: 'Updates that change every column that a list is filtered, sorted or searched by',
        columns: ['from a backlog', 'all columns / mixed updates'],
        rows: [[spread(rounds.allColumns), ratio(rounds.allColumns, rounds.mixedBacklog)]],
      },
      fillTable(tokens, fill),
    ],
    notes: [
      'live: events are published while the projector runs; from the first publish to position = head, so the publisher has its share of the machine',
      'backlog: the events lie in the stream when the projector starts; from the moment it begins to read to position = head',
      `mixed updates: ${SHARES.flip * 100} % flip isActive, ${SHARES.move * 100} % move to another customer, ${SHARES.expiry * 100} % change the expiry, the rest texts only`,
      'floor: the same rows written by one bulk statement a table, in one transaction, all indexes in place; no events, no counts',
      `peer: one TypeORM \`repository.save\` per event in a Nest handler, over a plain table; a sample of ${PEER_EVENTS} events a round. At its rate ` +
        `the seed's ${numberText(fill.events)} events would take ${numberText(fill.events / median(rounds.newPeer) / 60)} minutes (extrapolated)`,
      `peak memory of the projector: ${numberText(Math.max(peakRssMb, fill.projectorPeakRssMb))} MB (RSS)`,
    ],
    charts: (Object.keys(KINDS) as Kind[]).map((kind) => ({
      title: `Events per second, ${KINDS[kind]}`,
      bars: [
        { label: 'ours, live', isOurs: true, ...spread(rounds[`${kind}Live`]) },
        { label: 'ours, backlog', isOurs: true, ...spread(rounds[`${kind}Backlog`]) },
        { label: 'floor: one bulk statement', isOurs: false, ...spread(rounds[`${kind}Floor`]) },
        { label: 'peer: repository.save', isOurs: false, ...spread(rounds[`${kind}Peer`]) },
      ],
    })),
  };
}

function fillTable(tokens: number, { events, publishSeconds, projectSeconds, projectorPeakRssMb }: FillFigures) {
  return {
    title: `The seed of ${numberText(tokens)} tokens into empty tables, all of it waiting in the stream (once)`,
    columns: ['events', 'published per second', 'projected per second', 'projector peak RSS MB'],
    rows: [[numberText(events), events / publishSeconds, events / projectSeconds, projectorPeakRssMb]],
  };
}
