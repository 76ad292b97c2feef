import type { Protection } from '../protection.js';

const APPLY_BATCH = 'apps/projector/src/project/apply-batch.ts';
const SUPERSEDED = 'test/projector/superseded-writer.spec.ts';

/** One writer, whose rows and position are one transaction. */
export const WRITING: readonly Protection[] = [
  {
    name: 'pairs-of-tokens-are-loaded-part-by-part',
    file: 'apps/projector/src/project/load-current.ts',
    text: 'atMost === null ? null : atMost + 1',
    off: 'atMost === null ? atMost : null',
    spec: 'test/projector/many-groups.spec.ts',
    test: 'join another one without all their pairs in memory at once',
  },
  {
    name: 'answers-claim-no-unfinished-deletion',
    file: 'apps/query/src/reading/snapshot.sql.ts',
    text: 'coalesce(g.complete_to, g.position)',
    off: 'g.position',
    spec: 'test/projector/law.spec.ts',
    test: 'claims a position only where everything up to it is in the answers',
  },
  {
    name: 'large-groups-are-swept-after-the-batch',
    file: 'apps/projector/src/project/group-sweeps.ts',
    text: 'export const MEMBERS_AT_ONCE = 1_000;',
    off: 'export const MEMBERS_AT_ONCE = 1_000_000;',
    spec: 'test/faults/large-groups.spec.ts',
    test: 'is deleted while other events go on',
  },
  {
    name: 'batches-by-rows',
    file: 'apps/projector/src/consume/event-reader.ts',
    text: 'weight += weightOf(this.buffer[count]!);',
    off: 'weight += 1;',
    spec: 'test/faults/large-groups.spec.ts',
    test: 'is filled in batches of a few thousand tokens',
  },
  {
    name: 'slow-batches-are-cut-down',
    file: 'apps/projector/src/project/apply-or-park.ts',
    text: 'if (isTimeout(error)) return takeMoreTime(target, messages, committed, error);',
    off: 'if (isTimeout(error)) throw error;',
    spec: 'test/projector/timeouts.spec.ts',
    test: 'is cut down to single events',
  },
  {
    name: 'no-array-searched-per-row',
    file: 'apps/projector/src/project/load-current.sql.ts',
    text: 'null from ${token} where id = any($1::bigint[])',
    off: 'case when id = any($1::bigint[]) then document end from ${token}',
    spec: 'test/projector/plans.spec.ts',
    test: 'search no array for every row',
  },
  {
    name: 'lease-fence',
    file: APPLY_BATCH,
    text: `begun,
      fence(client),`,
    off: `begun,
      client.query('select 1'),`,
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
    text: `movePosition(client, from, to, completeAt === undefined ? null : begunAt - completeAt),
    ]);`,
    off: `]);
    await client.query('commit');
    await movePosition(client, from, to, null);`,
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
  {
    name: 'batches-between-replayed-letters',
    file: 'apps/projector/src/operate/replay-dead-letters.ts',
    text: '    await sleep(0);\n',
    off: '',
    spec: 'test/projector/replay-in-parts.spec.ts',
    test: 'the next batch comes before more',
  },
];
