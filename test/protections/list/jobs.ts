import type { Protection } from '../protection.js';

const REBUILD = 'libs/projection/src/rebuild';
const UNFINISHED = 'test/rebuild/unfinished-jobs.spec.ts';
const LATE = 'test/rebuild/late-writes.spec.ts';
const LOST = 'test/rebuild/lost-tokens.spec.ts';

/** What keeps a job whole, whichever projector leads, and what keeps the list from losing its tokens by one. */
export const JOBS: readonly Protection[] = [
  {
    name: 'a-job-that-another-has-ended-is-not-waited-for',
    file: `${REBUILD}/requested-state.ts`,
    text: 'progress.isGone = !state;',
    off: '',
    spec: 'test/rebuild/ended-elsewhere.spec.ts',
    test: 'is in the way of no other one',
  },
  {
    name: 'an-unfinished-job-is-taken-up',
    file: `${REBUILD}/jobs.ts`,
    text: `    this.inWork.begin(leading, number, job);
  }`,
    off: '  }',
    spec: 'test/rebuild/resynchronised.spec.ts',
    test: 'in a rebuild that a changed stream began is gone on with',
  },
  {
    name: 'an-abandoned-job-can-be-cancelled',
    file: `${REBUILD}/jobs.ts`,
    text: `if (requested === 'cancel') await`,
    off: `if (requested === 'run' && !pool) await`,
    spec: UNFINISHED,
    test: 'that waits for a command can be told to cancel',
  },
  {
    name: 'a-job-left-behind-is-ended',
    file: `${REBUILD}/schema-change.ts`,
    text: `if (!this.isInCharge) return 'wait';`,
    off: `if (this.isPreparing) return 'wait';`,
    spec: UNFINISHED,
    test: 'leaves a job of the release before to its projector',
  },
  {
    name: 'operators-are-answered-while-nobody-leads',
    file: 'libs/projection/src/process/runtime-providers.ts',
    text: ' || schemaChange.isInCharge',
    off: '',
    spec: UNFINISHED,
    test: 'answers operators while it prepares',
  },
  {
    name: 'what-a-leader-writes-is-fenced',
    file: 'libs/projection/src/store/transaction.ts',
    text: '    await renewLease(client, lease);\n',
    off: '    if (lease.epoch === null) await renewLease(client, lease);\n',
    spec: LATE,
    test: 'nobody begins to lead while the leader before may still write',
  },
  {
    name: 'what-is-kept-of-a-job-is-fenced',
    file: `${REBUILD}/leaders-work.ts`,
    text: 'fenced(now.client, now.lease, async () => void (await changeJob(now.client, generation, change))),',
    off: 'changeJob(now.client, generation, change).then(() => fenced(now.client, now.lease, () => Promise.resolve())),',
    spec: LATE,
    test: 'how far its job is',
  },
  {
    name: 'an-end-counts-once-it-is-recorded',
    file: `${REBUILD}/running-job.ts`,
    text: 'await this.record(now, progress.end);',
    off: 'await this.record(now, progress.end).catch(() => undefined);',
    spec: LATE,
    test: 'comes to its end while NATS is away',
  },
  {
    name: 'a-fault-of-the-data-ends-a-job',
    file: `${REBUILD}/run-phases.ts`,
    text: 'if (!isFaultOfTheData(error) ||',
    off: 'if (isFaultOfTheData(error) ||',
    spec: 'test/rebuild/stored-jobs.spec.ts',
    test: 'whose rows PostgreSQL refuses',
  },
  {
    name: 'the-lag-after-a-switch-is-measured',
    file: 'libs/projection/src/store/switch-generation.ts',
    text: '`greatest(caught_up_at, (',
    off: '`greatest(clock_timestamp(), (',
    spec: 'test/rebuild/switch.spec.ts',
    test: 'claims nothing that nobody measured',
  },
  {
    name: 'a-loss-of-tokens-is-confirmed',
    file: `${REBUILD}/row-loss.ts`,
    text: 'return lost >= TOO_FEW_TO_ASK &&',
    off: 'return lost > from + TOO_FEW_TO_ASK &&',
    spec: LOST,
    test: 'ends with 1 in a script and waits',
  },
  {
    name: 'only-the-loss-that-was-shown-is-confirmed',
    file: 'libs/projection/src/store/jobs.ts',
    text: `and (job -> 'loss' ->> 'to')::bigint >= $2`,
    off: `and job -> 'loss' is not null and $2 >= 0`,
    spec: LOST,
    test: 'ends with 1 in a script and waits',
  },
  {
    name: 'a-larger-loss-is-confirmed-again',
    file: `${REBUILD}/job-progress.ts`,
    text: 'return to >= (this.confirmedRows ?? Infinity);',
    off: 'return to > 0 && this.confirmedRows !== undefined;',
    spec: LOST,
    test: 'asks again when the list would lose more',
  },
  {
    name: 'an-operator-s-decision-is-kept',
    file: `${REBUILD}/resynchronisation.ts`,
    text: 'if (await operatorDecided(pool, projection)) return',
    off: 'if ((await operatorDecided(pool, projection)) && !this.jobs) return',
    spec: LOST,
    test: 'that configuration asks for waits',
  },
];
