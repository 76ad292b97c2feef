import Sequencer from '@jest/test-sequencer';

/**
 * Files that take long, the longest first. Begun last, one of them would keep one worker busy after the
 * other has nothing left to do. Jest knows durations only where it has run before; a fresh machine has run nothing.
 */
const SLOWEST = [
  'faults/postgres-connection',
  'rebuild/releases',
  'rebuild/stored-jobs',
  'faults/source-changed',
  'rebuild/sources',
  'faults/nats-connection',
  'faults/postgres-restarted',
  'rebuild/under-load',
  'rebuild/room',
  'faults/shutdown',
  'faults/projector-killed',
  'query/overload',
  'query/plans',
  'query/slow-readers',
  'faults/surroundings',
  'tokenctl/verify',
  'tokenctl/rebuild',
  'faults/sampler',
  'faults/source-rewound',
  'tokenctl/status',
  'faults/zombie',
  'rebuild/projector-killed',
  'rebuild/servers-killed',
  'projector/law-crash',
  'projector/law',
  'faults/poison-flood',
  'faults/pooler',
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
