import Sequencer from '@jest/test-sequencer';

/**
 * Files that take long, the longest first. Begun last, one of them would keep one worker busy after the
 * other has nothing left to do. Jest knows durations only where it has run before; a fresh machine has run nothing.
 */
const SLOWEST = [
  'rebuild/releases',
  'faults/postgres-connection',
  'faults/source-changed',
  'faults/nats-connection',
  'rebuild/releases-go-on',
  'query/slow-readers',
  'rebuild/changed-stream-of-releases',
  'rebuild/unfinished-jobs',
  'rebuild/left-jobs',
  'query/plans',
  'faults/shutdown',
  'tokenctl/follow',
  'rebuild/sources',
  'rebuild/late-writes',
  'rebuild/operators-orders',
  'rebuild/go-back-as-it-is',
  'rebuild/projector-killed',
  'query/exports-under-stress',
  'tokenctl/rebuild',
  'faults/sampler',
  'rebuild/changed-meanwhile',
  'faults/surroundings',
  'tokenctl/dead-letters',
  'rebuild/lost-tokens',
  'rebuild/stored-jobs',
  'rebuild/servers-killed',
  'query/cursors',
  'faults/forgotten-ends',
  'tokenctl/status',
  'faults/zombie',
  'attacks/log-flood',
  'faults/source-rewound',
  'rebuild/several-of-a-release',
  'rebuild/room',
  'faults/poison-flood',
  'rebuild/replayed-letters',
  'faults/fail-over',
  'faults/postgres-restarted',
  'faults/consumer-stands-still',
  'rebuild/release-taken-back',
  'faults/large-groups',
  'query/many-tokens',
  'query/settings',
  'chargers/side-by-side',
  'rebuild/repair',
  'projector/law-crash',
  'faults/projector-killed',
  'query/overload',
];

export default class SlowestFirst extends Sequencer {
  /** The others follow in jest's own order. */
  sort(tests) {
    const rank = ({ path }) => {
      const index = SLOWEST.findIndex((name) => path.endsWith(`/test/${name}.spec.ts`));
      return index < 0 ? SLOWEST.length : index;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
