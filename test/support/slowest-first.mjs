import Sequencer from '@jest/test-sequencer';

/**
 * Files that take long, the longest first. Begun last, one of them would keep one worker busy after the
 * other has nothing left to do. Jest knows durations only where it has run before; a fresh machine has run nothing.
 */
const SLOWEST = [
  'faults/halts-last',
  'rebuild/releases',
  'rebuild/left-jobs',
  'faults/postgres-connection',
  'faults/source-changed',
  'faults/nats-connection',
  'query/slow-readers',
  'query/exports-under-stress',
  'rebuild/releases-go-on',
  'tokenctl/rebuild',
  'rebuild/projector-killed',
  'rebuild/operators-orders',
  'rebuild/changed-stream-of-releases',
  'faults/shutdown',
  'tokenctl/follow',
  'rebuild/sources',
  'rebuild/late-writes',
  'query/plans',
  'query/many-tokens',
  'query/follow-changes',
  'query/polling-law',
  'faults/sampler',
  'rebuild/left-orders',
  'rebuild/changed-meanwhile',
  'rebuild/servers-killed',
  'rebuild/stored-jobs',
  'rebuild/unfinished-jobs',
  'rebuild/drop-previous',
  'faults/mirrors-killed',
  'rebuild/lost-tokens',
  'rebuild/replayed-letters',
  'faults/created-anew',
  'query/cursors',
  'tokenctl/dead-letters',
  'faults/surroundings',
  'faults/forgotten-ends',
  'query/jwt-keys',
  'chargers/side-by-side',
  'rebuild/repair',
  'tokenctl/status',
  'query/overload',
  'rebuild/go-back-as-it-is',
  'faults/source-rewound',
  'query/replica',
  'projector/law',
  'rebuild/room',
  'faults/zombie',
  'faults/database-restored',
  'rebuild/under-load',
  'query/settings',
  'faults/consumer-stands-still',
  'faults/fail-over',
  'faults/hidden-events',
  'projector/law-crash',
  'faults/poison-flood',
  'query/orders',
  'faults/postgres-restarted',
  'query/nats-jwt',
  'query/page-cache-law',
  'attacks/log-flood',
  'client/client',
  'tokenctl/silent-node',
  'documents/demo',
  'query/large-answers',
  'faults/mirror',
  'rebuild/several-of-a-release',
  'query/exports',
  'rebuild/release-taken-back',
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
