import { signToken } from '../../../test/support/jwt.js';
import { startQuery } from '../../../test/support/processes.js';
import type { Bench } from '../bench.js';
import { MixedUpdates } from '../events/mixed-updates.js';
import { interleaved } from '../measure/rounds.js';
import { quantile, spread } from '../measure/statistics.js';
import { ROUNDS } from '../options.js';
import { PeerStream } from '../peer/peer-stream.js';
import { RunningProjector } from '../place/running-projector.js';
import type { Report } from '../report/report.js';
import { ListWatch } from './list-watch.js';
import { LONE_EVENTS, loneEvents, type LoneTimes } from './lone-events.js';
import { EVENTS_PER_SECOND, steadyEvents, type SteadyFigures } from './steady-events.js';

export const freshnessBench: Bench = {
  name: 'freshness',
  about: 'how soon an event can be seen in the list',
  run: async (bench) => {
    const { tokens, seconds } = bench.options;
    const site = await bench.readModel(tokens);
    const peer = await PeerStream.open(site, 'freshness');
    const projector = await RunningProjector.start(site);
    const query = await startQuery(site.env);
    const watch = new ListWatch(`${query.url}/v2/tokens?sortBy=updatedAt&limit=1`, await signToken());
    const updates = new MixedUpdates(site.seed);
    const lone = await loneEvents(site, updates, watch, peer);
    const steady = await interleaved({
      ours: () => steadyEvents(site, updates, seconds, async () => (await watch.look()).position),
      peer: () => steadyEvents(peer, updates, seconds, () => peer.position()),
    });
    watch.close();
    await Promise.all([query.stop(), projector.stop(), peer.stop()]);
    return report(tokens, seconds, lone, steady);
  },
};

function report(
  tokens: number,
  seconds: number,
  { ours, floor, peer }: LoneTimes,
  steady: Readonly<Record<'ours' | 'peer', readonly SteadyFigures[]>>,
): Report {
  const loneRow = (name: string, times: readonly number[]) => [name, spread(times), quantile(times, 0.99)];
  const steadyRow = (name: string, rounds: readonly SteadyFigures[]) => [
    name,
    spread(rounds.map(({ p50 }) => p50)),
    spread(rounds.map(({ p99 }) => p99)),
  ];
  return {
    name: 'freshness',
    title: 'how soon an event can be seen in the list',
    method:
      `Updates of ${tokens.toLocaleString('en')} tokens, from the acknowledgement of their publish until the list over HTTP shows them; ` +
      'the list is asked over and over on one connection, so that every figure holds one request as well.',
    tables: [
      {
        title: `One event at a time, ${LONE_EVENTS} of them: milliseconds`,
        columns: ['', 'median (min..max)', 'p99'],
        rows: [loneRow('ours', ours), loneRow('floor', floor), loneRow('peer', peer)],
      },
      {
        title: `${EVENTS_PER_SECOND} events per second, ${ROUNDS} rounds of ${seconds} s: milliseconds, median of rounds (min..max)`,
        columns: ['', 'p50', 'p99'],
        rows: [steadyRow('ours', steady.ours), steadyRow('peer', steady.peer)],
      },
    ],
    notes: [
      'floor: one row updated, committed and read again by `pg`; no events, no HTTP',
      'peer: one TypeORM `repository.save` per event in a Nest handler; seen by a bare select, under load by its acknowledgements, without HTTP',
    ],
    charts: [],
  };
}
