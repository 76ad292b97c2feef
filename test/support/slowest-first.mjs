import Sequencer from '@jest/test-sequencer';

/**
 * Files that take long, the longest first. Begun last, one of them would keep one worker busy after the
 * other has nothing left to do. Jest knows durations only where it has run before; a fresh machine has run nothing.
 */
const SLOWEST = [
  'rebuild/releases',
  'faults/source-changed',
  'faults/postgres-connection',
  'faults/nats-connection',
  'query/slow-readers',
  'rebuild/changed-stream-of-releases',
  'rebuild/late-writes',
  'rebuild/sources',
  'rebuild/unfinished-jobs',
  'rebuild/servers-killed',
  'tokenctl/follow',
  'rebuild/projector-killed',
  'faults/shutdown',
  'query/plans',
  'projector/law-crash',
  'rebuild/lost-tokens',
  'faults/sampler',
  'rebuild/stored-jobs',
  'tokenctl/rebuild',
  'tokenctl/dead-letters',
  'faults/surroundings',
  'projector/law',
  'tokenctl/status',
  'faults/forgotten-ends',
  'rebuild/replayed-letters',
  'query/many-tokens',
  'faults/postgres-restarted',
  'faults/fail-over',
  'faults/zombie',
  'faults/source-rewound',
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
