import type { Protection } from '../protection.js';

const FOLLOW = 'test/query/follow-changes.spec.ts';
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
  {
    name: 'events-wait-for-their-reader',
    file: 'apps/query/src/follow-changes/change-stream.ts',
    text: 'super({ highWaterMark: 0 });',
    off: 'super({ highWaterMark: 1e9 });',
    spec: FOLLOW,
    test: 'that reads slowly makes nobody read ahead',
  },
  {
    name: 'events-end-with-the-jwt',
    file: 'apps/query/src/follow-changes/follow-changes.handler.ts',
    text: 'if (Date.now() >= expiresAt)',
    off: 'if (expiresAt < 0)',
    spec: FOLLOW,
    test: 'is told when its JWT has expired',
  },
  {
    name: 'events-end-when-the-app-stops',
    file: 'apps/query/src/follow-changes/change-streams.ts',
    text: 'this.open.forEach((stream) => stream.destroy())',
    off: 'this.open.clear()',
    spec: FOLLOW,
    test: 'is let go at once when the instance stops',
  },
  {
    name: 'events-go-on-from-the-last',
    file: 'apps/query/src/follow-changes/wanted-events.ts',
    text: "const lastId = asked.headers['last-event-id'];",
    off: 'const lastId = undefined;',
    spec: FOLLOW,
    test: 'goes on from its last event',
  },
];
