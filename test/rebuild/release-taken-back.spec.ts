import { setTimeout as sleep } from 'node:timers/promises';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { notReady, ready } from '../faults/health.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

const NEWER = SCHEMA_VERSION + 1;
/** In which a projector that may prepare has begun. */
const LONGER_THAN_A_ROUND_MS = 2_000;

test('a release that was rolled back from leaves the lease to the one before, and does not come back unasked', async () => {
  const [system, newer] = await Promise.all([startSystem(), releaseOfSchema(NEWER)]);
  const rebuilds = new Rebuilds(system);
  const versions = async () => {
    const rows = await system.database.query<{ state: string; version: number }>(
      'select state, schema_version as version from generation',
    );
    return Object.fromEntries(rows.map(({ state, version }) => [state, version]));
  };
  await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created', { id: 1 })));
  const next = await startProjector(system.env, { directory: newer, when: 'listening' });
  await ready(next, 40_000);
  expect(await versions()).toEqual({ previous: SCHEMA_VERSION, live: NEWER });

  await eventually('the roll-back', () => rebuilds.ask('rebuild.rollback'));
  await ready(system.projector);
  await notReady(next, 'projector', /outdated/);
  await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created', { id: 2 })));
  expect(await versions()).toEqual({ previous: NEWER, live: SCHEMA_VERSION });

  await eventually('the generation of the newer release to go', () => rebuilds.ask('rebuild.drop-previous'));
  // One that was not there when the operator decided knows of it from the database alone.
  const another = await startProjector(system.env, { directory: newer, when: 'listening' });
  await notReady(another, 'projector', /outdated/);
  await sleep(LONGER_THAN_A_ROUND_MS);
  expect(await versions()).toEqual({ live: SCHEMA_VERSION });
  await another.stop();
  expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
  expect(await rebuilds.ask('rebuild.drop-previous')).toMatchObject({ dropped: [1] });
  expect(await versions()).toEqual({ live: SCHEMA_VERSION });
  await notReady(next, 'projector', /outdated/);

  await system.projector.stop();
  await notReady(next, 'projector', /halted/, 15_000);
  expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
  await ready(next);
  expect(await versions()).toEqual({ previous: SCHEMA_VERSION, live: NEWER });
  await expectReadModelOfStream(system);
}, 120_000);
