import { type Position } from '#projection/stream/position.js';
import { fenced } from '#projection/store/transaction.js';
import type pg from 'pg';
import { readPosition } from '#projection/store/position.js';
import { acquireLease, renewLease, type Lease } from '#projection/store/lease.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { applyBatch } from '#projection/run/apply-batch.js';
import { proceed } from '#projection/run/deferred-worker.js';
import { tokenProjection } from '#token-read-model/token-projection.js';
import { aGroupDeletion, aMembershipEvent, aTokenEvent, type CloudEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { streamMessage } from './read-model-under-test.js';

/** A standby takes a lease that it finds run out, however well the leader is that was busy so long. */
describe('a leader holds its lease at the end of a transaction that took longer than the lease lasts', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let lease: Lease;
  let position: Position;

  /** Every deletion of a group is left for after its batch. */
  const projection = tokenProjection(0);
  const target = () => ({
    projection,
    client,
    position,
    fence: () => renewLease(client, lease),
  });
  async function apply(...events: CloudEvent[]): Promise<void> {
    const message = (event: CloudEvent, i: number) =>
      streamMessage(Buffer.from(JSON.stringify(event)), position.sequence + 1 + i);
    ({ position } = await applyBatch(target(), events.map(message)));
  }

  beforeAll(async () => {
    database = await createDatabase();
    client = await connectWriter(database.url, 10_000);
    lease = (await acquireLease(client, projection, 'test'))!;
    position = { ...(await readPosition(client, projection)), stream: 'TEST', streamCreated: null };
    await apply(
      aTokenEvent('token.created', { id: 1 }),
      aMembershipEvent('token-group.tokens-added', { tokenGroupId: 1, tokenIds: [1] }),
    );
    await apply(aGroupDeletion({ tokenGroupId: 1, version: 2 }));
    // Not five seconds: the time that has passed is told apart from that at which the lease runs out.
    await database.query(`create function takes_long() returns trigger language plpgsql as $$
        begin perform pg_sleep(1.2); update projector_lease set expires_at = '-infinity'; return new; end $$;
      create trigger takes_long before insert on token_1 for each row execute function takes_long()`);
  });
  afterAll(() => disconnectWriter(client));

  test.each<[string, () => Promise<unknown>]>([
    ['a part of the members of a deleted group', () => proceed(target(), 1)],
    ['a batch', () => apply(aTokenEvent('token.updated', { id: 1, version: 2 }))],
    [
      'any other work',
      () =>
        fenced(client, lease, () =>
          client.query(
            'insert into token_1 select 2, version, customer_id, facet, created_at, valid_from, expires_at, own_updated_at, document from token_1',
          ),
        ),
    ],
  ])('%s', async (_, work) => {
    await work();
    expect(await database.query('select expires_at > clock_timestamp() as held from projector_lease')).toEqual([
      { held: true },
    ]);
  });
});
