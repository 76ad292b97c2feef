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
    name: 'no-page-beyond-deferred-work',
    file: 'apps/query/src/list-changes/list-changes.sql.ts',
    text: 'select coalesce(complete_to, position) as position from generation',
    off: 'select position from generation',
    spec: LATE,
    test: 'sees every part of the deletion of a large group',
  },
  {
    name: 'deferred-work-within-reach',
    file: 'libs/token-read-model/src/sweep/deleted-groups.ts',
    text: 'Math.min(now.position, tokens.get(id)!)',
    off: 'tokens.get(id)!',
    spec: LATE,
    test: 'sees every part of a deletion that was a letter',
  },
  {
    name: 'what-is-read-after-the-take-over-hides-no-change',
    file: 'libs/projection/src/rebuild/continue-lineage.ts',
    text: 'Math.min(await completePosition(client, from), await completePosition(client, to))',
    off: 'await completePosition(client, from)',
    spec: 'test/projector/late-changes.spec.ts',
    test: 'although the next generation was behind it',
  },
];
