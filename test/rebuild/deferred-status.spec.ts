import { isLockAwaited } from '../support/awaited-locks.js';
import { aGroupDeletion, aMembershipEvent, aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import { Rebuilds } from './rebuilds.js';

const GATE = 79;

test('a rebuild that has read everything says which events it still applies part by part, and claims no time left', async () => {
  const system = await startSystem({ DATABASE_MAX_BYTES: 'unlimited' });
  const rebuilds = new Rebuilds(system);
  const membership = { tokenGroupId: 5, tokenIds: [1] };
  const events = [
    aTokenEvent('token.created', { id: 1 }),
    aMembershipEvent('token-group.tokens-added', membership),
    aGroupDeletion({ tokenGroupId: 5, version: 2 }),
  ];
  await waitForPosition(system.query.url, await publish(system.stream, events));
  await withClient(system.database.url, async (client) => {
    await client.query(`select pg_advisory_lock(${GATE})`);
    await client.query(`create function wait_at_gate() returns trigger language plpgsql as $$ begin
      perform pg_advisory_xact_lock_shared(${GATE}); return null; end $$`);
    await client.query(
      'create trigger gate before delete on deferred_work for each statement execute function wait_at_gate()',
    );
    const generation = await rebuilds.begin();
    await eventually('a part of the work', () =>
      isLockAwaited(system.database, `locktype = 'advisory' and objid = ${GATE}`),
    );
    expect(await rebuilds.status()).toMatchObject({
      state: 'running',
      phase: 'filling',
      etaSeconds: null,
      message: 'everything is read; 1 event that changes many rows is applied part by part',
    });
    await client.query(`select pg_advisory_unlock(${GATE})`);
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done', message: 'generation 2 is live' });
  });
});
