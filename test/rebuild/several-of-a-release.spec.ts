import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

describe('of several projectors of a release whose tables are newer, none begins again', () => {
  let newer: string;
  let system: System;
  let rebuilds: Rebuilds;
  beforeAll(async () => {
    newer = await releaseOfSchema(SCHEMA_VERSION + 1);
  });
  beforeEach(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
    const events = Array.from({ length: 300 }, () => aTokenEvent('token.created'));
    await waitForPosition(system.query.url, await publish(system.stream, events));
  });

  const startNewer = () =>
    Promise.all([1, 2, 3].map(() => startProjector(system.env, { directory: newer, when: 'listening' })));
  const allLeaveIt = (projectors: readonly AppProcess[]) =>
    eventually(
      'each of them to leave the decision to an operator',
      () => projectors.every((projector) => projector.logsWith('an operator must decide').length > 0),
      { within: 15_000 },
    );
  const ends = async () =>
    (await system.database.query<{ status: object }>('select status from finished_job')).map(({ status }) => status);

  test('what an operator has cancelled', async () => {
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    const projectors = await startNewer();
    await hold.reached;
    const cancelling = rebuilds.ask('rebuild.cancel');
    await hold.release();
    await cancelling;
    await allLeaveIt(projectors);
    expect(await ends()).toMatchObject([{ state: 'cancelled', generation: 2, schemaVersion: SCHEMA_VERSION + 1 }]);
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
  }, 60_000);

  test('what one of them has found different', async () => {
    await system.database.query('update token_1 set version = version + 1 where id = (select min(id) from token_1)');
    // One that starts after the end tries once more.
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    const projectors = await startNewer();
    await hold.reached;
    await hold.release();
    await allLeaveIt(projectors);
    expect(await ends()).toMatchObject([{ state: 'failed', differences: 1 }]);
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
  }, 60_000);
});
