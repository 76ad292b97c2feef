import type { Protection } from '../protection.js';

const LATE = 'test/projector/late-changes.spec.ts';

/** That no change comes behind a caller who follows the changes. */
export const CHANGES: readonly Protection[] = [
  {
    name: 'late-changes-have-turns',
    file: 'libs/projection/src/store/change-places.ts',
    text: 'turn: rows[0]!.turns',
    off: 'turn: 0',
    spec: LATE,
    test: 'sees the letters that are replayed, each time',
  },
  {
    name: 'deferred-work-comes-after-what-was-read-meanwhile',
    file: 'libs/token-read-model/src/sweep/deleted-groups.ts',
    text: 'ofMember: () => [now]',
    off: 'ofMember: () => [{ ...now, position: 1 }]',
    spec: LATE,
    test: 'sees every part of the deletion of a large group',
  },
  {
    name: 'what-is-read-after-the-take-over-hides-no-change',
    file: 'libs/projection/src/rebuild/continue-lineage.ts',
    text: 'Math.min(live.sequence, next.sequence)',
    off: 'live.sequence',
    spec: 'test/projector/late-changes.spec.ts',
    test: 'although the next generation was behind it',
  },
];
