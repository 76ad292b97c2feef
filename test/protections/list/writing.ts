import type { Protection } from '../protection.js';

const APPLY_BATCH = 'apps/projector/src/project/apply-batch.ts';
const SUPERSEDED = 'test/projector/superseded-writer.spec.ts';

/** One writer, whose rows and position are one transaction. */
export const WRITING: readonly Protection[] = [
  {
    name: 'lease-fence',
    file: APPLY_BATCH,
    text: `client.query('begin'), fence(client),`,
    off: `client.query('begin'), client.query('select 1'),`,
    spec: SUPERSEDED,
    test: 'commits nothing once another has taken the lease',
  },
  {
    name: 'lease-epoch',
    file: 'apps/projector/src/lead/lease.ts',
    text: `interval '1 millisecond' where holder = $1 and epoch = $2`,
    off: `interval '1 millisecond' where holder = $1 and $2::bigint is not null`,
    spec: SUPERSEDED,
    test: 'commits nothing once another has taken the lease',
  },
  {
    name: 'position-compare-and-set',
    file: 'apps/projector/src/consume/position.ts',
    text: `stream_created is not distinct from $2 and position = $3`,
    off: `$2::text is not null and $3::bigint is not null`,
    spec: SUPERSEDED,
    test: 'commits nothing from an old position',
  },
  {
    name: 'one-transaction',
    file: APPLY_BATCH,
    text: `movePosition(client, from, to, caughtUpAgoMs),
    ]);`,
    off: `]);
    await client.query('commit');
    await movePosition(client, from, to, caughtUpAgoMs);`,
    spec: 'test/projector/law-crash.spec.ts',
    test: 'a transaction that did not commit leaves nothing',
  },
  {
    name: 'idle-in-transaction-timeout',
    file: 'apps/projector/src/lead/writer-client.ts',
    text: 'set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};',
    off: '',
    spec: 'test/faults/zombie.spec.ts',
    test: 'does not keep the standby out',
  },
  {
    name: 'lease-runs-out',
    file: 'apps/projector/src/lead/lease.ts',
    text: 'where expires_at < clock_timestamp() or holder = $1 for update',
    off: `where expires_at = '-infinity' or holder = $1 for update`,
    spec: 'test/faults/fail-over.spec.ts',
    test: 'after SIGKILL of the leader',
  },
];
