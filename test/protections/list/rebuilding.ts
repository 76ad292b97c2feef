import type { Protection } from '../protection.js';

const BUILD = 'apps/projector/src/rebuild/generation-build.ts';
const STORED = 'test/rebuild/stored-jobs.spec.ts';
const SOURCES = 'test/rebuild/sources.spec.ts';
const ROOM = 'test/rebuild/room.spec.ts';
const LEFT_OUT = 'apps/projector/src/consume/left-out.ts';

/** What keeps a rebuild from harming what is served. */
export const REBUILDING: readonly Protection[] = [
  {
    name: 'switch-at-the-live-position',
    file: 'apps/projector/src/rebuild/generation-job.ts',
    text: 'return atOnePosition({ build, leading, progress, isComparable, applyLetters }, work);',
    off: 'return leading.betweenBatches(work);',
    spec: 'test/rebuild/under-load.spec.ts',
    test: 'ten rebuilds in a row',
  },
  {
    name: 'pause-is-obeyed-by-the-next',
    file: 'apps/projector/src/operate/job-watch.ts',
    text: `progress.set(row.wish === 'pause' ? 'paused' : 'running')`,
    off: `progress.set('running')`,
    spec: STORED,
    test: 'that was paused rests under the next leader',
  },
  {
    name: 'end-with-the-switch',
    file: 'apps/projector/src/rebuild/switch-generation.ts',
    text: '    await recordEnd(client, end);\n',
    off: '',
    spec: STORED,
    test: 'that has ended is told of by the next leader too',
  },
  {
    name: 'roll-back-of-the-lost',
    file: BUILD,
    text: 'else await makeSureItHolds(',
    off: 'else if (stored.sequence < 0) await makeSureItHolds(',
    spec: STORED,
    test: 'a roll-back is refused',
  },
  {
    name: 'last-per-subject-is-checked',
    file: BUILD,
    text: 'message.sequence <= this.completeFrom && mayHideOthers(message)',
    off: 'message.sequence < 0 && mayHideOthers(message)',
    spec: SOURCES,
    test: 'is refused where group steps share a subject',
  },
  {
    name: 'room-before-a-rebuild',
    file: 'apps/projector/src/rebuild/room/ensure-room.ts',
    text: 'if (taken + needed > limit)',
    off: 'if (taken + needed < 0)',
    spec: ROOM,
    test: 'is compared with what the database may grow to',
  },
  {
    name: 'full-disk-ends-a-rebuild',
    file: 'apps/projector/src/operate/job-worker.ts',
    text: 'if (sqlState(error) === DISK_FULL)',
    off: 'if (sqlState(error) === undefined)',
    spec: ROOM,
    test: 'a rebuild that meets a full disk',
  },
  {
    name: 'older-release-stands-aside',
    file: 'apps/projector/src/projector.ts',
    text: 'if (version === SCHEMA_VERSION ||',
    off: 'if (version >= SCHEMA_VERSION ||',
    spec: 'test/rebuild/releases.spec.ts',
    test: 'makes its own beside the projector',
  },
  {
    name: 'a-refused-schema-change-is-not-begun-again',
    file: 'apps/projector/src/operate/schema-change.ts',
    text: 'if (!inHand && this.wasReady) {',
    off: 'if (!inHand && !this.link) {',
    spec: 'test/rebuild/releases.spec.ts',
    test: 'does not do it all over again',
  },
  {
    name: 'no-repair-from-a-stream-with-gaps',
    file: 'apps/projector/src/rebuild/verification.ts',
    text: 'return state.last_seq - state.messages;',
    off: 'return 0 * (state.last_seq - state.messages);',
    spec: SOURCES,
    test: 'is no ground for a repair',
  },
  {
    name: 'rebuild-left-out-messages',
    file: LEFT_OUT,
    text: 'const isEmpty = next ? next.sequence > to :',
    off: 'const isEmpty = next ? true :',
    spec: 'test/rebuild/left-out.spec.ts',
    test: 'a message that was left out is told',
  },
  {
    name: 'rebuild-reads-to-the-end',
    file: LEFT_OUT,
    text: 'if (next) return next.sequence > to;',
    off: '',
    spec: 'test/rebuild/left-out.spec.ts',
    test: 'nothing more comes up to a sequence',
  },
  {
    name: 'one-writer-of-a-build',
    file: 'apps/projector/src/rebuild/build-fence.ts',
    text: "'select pg_advisory_xact_lock($1, $2)'",
    off: "'select $1::int, $2::int'",
    spec: 'test/rebuild/superseded-worker.spec.ts',
    test: 'cannot write beside its successor',
  },
  {
    name: 'read-for-another-generation',
    file: 'apps/projector/src/lead/leader.ts',
    text: 'if (leading.position.generation !== generation) return;\n    watch.lookAhead();',
    off: 'watch.lookAhead();',
    spec: 'test/rebuild/go-back-under-load.spec.ts',
    test: 'leaves it as it was',
  },
  {
    name: 'roll-back-over-gaps',
    file: 'apps/projector/src/rebuild/generation-build.ts',
    text: "build.mustBeWhole = job.kind === 'rollback' && position.sequence > 0;",
    off: '',
    spec: 'test/rebuild/go-back-over-gaps.spec.ts',
    test: 'one by one fails',
  },
];
