import { jetstreamManager } from '@nats-io/jetstream';
import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { createGeneration } from '#projection/store/generations.js';
import { inTransaction } from '#projection/store/transaction.js';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { metric, notReady, ready } from '../faults/health.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import { HoldPoints } from './hold-points.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

const HALTED_OVER_ANOTHER_STREAM = /halted: the live generation is of schema version .*; the stream .* was made/;

/** It cannot feed the live generation, and neither can any other projector as long as the stream is another one. */
describe('a release whose tables are newer, over a stream that is no longer the one of the live generation,', () => {
  let newer: string;
  let system: System;
  let rebuilds: Rebuilds;
  beforeAll(async () => {
    newer = await releaseOfSchema(SCHEMA_VERSION + 1);
  });
  beforeEach(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
    await publishTokens(1, 120);
    await waitForPosition(system.query.url, 120);
  });

  const publishTokens = (first: number, count: number) =>
    publish(
      system.stream,
      Array.from({ length: count }, (_, i) => aTokenEvent('token.created', { id: first + i })),
    );
  const startNewer = (settings = {}): Promise<AppProcess> =>
    startProjector({ ...system.env, ...settings }, { directory: newer, when: 'listening' });
  const isListed = (count: number) =>
    eventually('the list of the stream', async () => {
      const reply = await httpList(system.query.url, { limit: 1 });
      return reply.json<{ count: number }>().count === count && reply.headers.get('x-read-stale') === null;
    });
  const jobs = async () =>
    (await system.database.query<{ status: object }>('select status from finished_job order by id')).map(
      ({ status }) => status,
    );

  /** Under the same name, with fewer messages. */
  async function recreate(): Promise<void> {
    const { nats, name, prefix } = system.stream;
    const { streams } = await jetstreamManager(nats);
    await streams.delete(name);
    await streams.add({ name, subjects: [`${prefix}.events.>`] });
    await publishTokens(1, 115);
  }

  test('leaves it to an operator whether to rebuild from it', async () => {
    await system.projector.stop();
    await recreate();
    const next = await startNewer();
    await notReady(next, 'projector', HALTED_OVER_ANOTHER_STREAM, 15_000);
    expect(await metric(next, 'projector_source_changed')).toBe(1);
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', generation: 2 });
    await ready(next);
    await isListed(115);
  });

  test('rebuilds from it where a setting says so', async () => {
    await system.projector.stop();
    await recreate();
    await ready(await startNewer({ ON_SOURCE_CHANGE: 'rebuild' }), 20_000);
    await isListed(115);
  });

  test('lets the release before rebuild from it, and then takes over', async () => {
    await system.projector.stop();
    await recreate();
    const next = await startNewer();
    await notReady(next, 'projector', /outdated/);
    await startProjector({ ...system.env, ON_SOURCE_CHANGE: 'rebuild' }, { when: 'listening' });
    await ready(next, 20_000);
    await isListed(115);
    expect(await jobs()).toMatchObject([
      { kind: 'rebuild', state: 'done', generation: 2 },
      { kind: 'rebuild', state: 'done', generation: 3, differences: 0 },
    ]);
  });

  test('ends what it was making when that happens, and switches to nothing', async () => {
    await system.projector.stop();
    const holds = await HoldPoints.open(system.database);
    const hold = await holds.at('filling', 2);
    const next = await startNewer();
    await hold.reached;
    await recreate();
    await hold.release();
    await notReady(next, 'projector', HALTED_OVER_ANOTHER_STREAM, 20_000);
    expect(await jobs()).toMatchObject([{ kind: 'rebuild', state: 'failed', generation: 2 }]);
  });

  test('ends its unfinished job that has read nothing yet, and switches to nothing', async () => {
    await system.projector.stop();
    const projection = { ...TOKEN_PROJECTION, schemaVersion: SCHEMA_VERSION + 1 };
    const startedAt = new Date().toISOString();
    const job = { ...PLAIN_REBUILD, startedAt, requested: 'run', phase: 'filling', mustBeCompared: true } as const;
    await withClient(system.database.url, (client) =>
      inTransaction(client, () => createGeneration(client, projection, job)),
    );
    await recreate();
    await startNewer();
    const ended = await eventually('the job to end', async () => (await jobs())[0], { within: 20_000 });
    expect(ended).toMatchObject({ kind: 'rebuild', state: 'failed', generation: 2 });
    expect((await rebuilds.generations())[1]).toBe('live');
  });

  test('that was purged further than that generation was read, rebuilds from the rest at a command', async () => {
    await system.projector.stop();
    await publishTokens(121, 140);
    const { streams } = await jetstreamManager(system.stream.nats);
    await streams.purge(system.stream.name, { seq: 161 });
    const next = await startNewer({ REBUILD_ON_SCHEMA_CHANGE: 'false' });
    await notReady(next, 'projector', /halted: .*; the stream .* begins at 161/);
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done' });
    await ready(next);
    await isListed(100);
  });

  test('or that generation is behind it: fails to rebuild from the last messages, which nothing can be compared with', async () => {
    await system.projector.stop();
    await publishTokens(121, 40);
    const next = await startNewer({ REBUILD_ON_SCHEMA_CHANGE: 'false' });
    await notReady(next, 'projector', /halted: /);
    const { state, message } = await rebuilds.carryOut({ lastPerSubject: true });
    expect({ state, message }).toEqual({
      state: 'failed',
      message: expect.stringContaining('stays at 120, and the new one is complete only from 160') as string,
    });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    await isListed(160);
  });
});
