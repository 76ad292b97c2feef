import { jetstreamManager } from '@nats-io/jetstream';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { notReady, ready } from '../faults/health.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { releaseOfSchema } from './other-release.js';
import { Rebuilds } from './rebuilds.js';

describe('a roll-back to a generation that cannot be brought up to date', () => {
  let system: System;
  let rebuilds: Rebuilds;

  async function start(settings = {}): Promise<void> {
    system = await startSystem(settings);
    rebuilds = new Rebuilds(system);
    await create();
  }

  const create = async () =>
    waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
  const streams = async () => (await jetstreamManager(system.stream.nats)).streams;
  const stale = async () => (await httpList(system.query.url)).headers.get('x-read-stale');
  const goBack = (body = {}) => rebuilds.ask('rebuild.rollback', body);

  async function recreate(): Promise<void> {
    const { name, prefix } = system.stream;
    await (await streams()).delete(name);
    await (await streams()).add({ name, subjects: [`${prefix}.events.>`] });
    await publish(system.stream, aTokenEvent('token.created'));
  }

  test('since there is no stream is refused unless it is meant, and puts it back as it is then', async () => {
    await start();
    await rebuilds.carryOut();
    await (await streams()).delete(system.stream.name);
    await eventually('the projector to halt', async () => (await stale()) === 'source-missing');
    await expect(goBack()).rejects.toThrow(/^Not gone back: .* is gone; .*--frozen/);
    expect(await goBack({ acceptStale: true })).toMatchObject({
      state: 'done',
      isFrozen: true,
      message: expect.stringMatching(/^generation 1 is live at 1; frozen and marked as stale/) as string,
    });
    expect(await rebuilds.generations()).toEqual({ 1: 'live', 2: 'previous' });
    expect(await stale()).toBe('source-missing');
  }, 60_000);

  test('since the next messages are gone is frozen, too, where it is meant', async () => {
    await start();
    await rebuilds.carryOut();
    await create();
    await (await streams()).purge(system.stream.name);
    await expect(goBack()).rejects.toThrow(/^Not gone back: .* begins at 3, .*--frozen/);
    expect(await goBack({ acceptStale: true })).toMatchObject({ state: 'done', isFrozen: true });
    await notReady(system.projector, 'projector', /halted/);
    expect(await rebuilds.generations()).toEqual({ 1: 'live', 2: 'previous' });
    expect(await stale()).toBe('source-purged');
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done', generation: 2 });
    await ready(system.projector);
    expect(await stale()).toBeNull();
  }, 60_000);

  test.each([
    ['of the same release', SCHEMA_VERSION],
    ['of another release', SCHEMA_VERSION + 1],
  ])(
    '%s that has applied nothing is not read from a stream that has lost messages',
    async (_, version) => {
      system = await startSystem();
      rebuilds = new Rebuilds(system);
      await ready(system.projector);
      if (version === SCHEMA_VERSION) await rebuilds.carryOut();
      else
        await ready(
          await startProjector(system.env, { directory: await releaseOfSchema(version), when: 'listening' }),
          40_000,
        );
      const tokens = Array.from({ length: 90 }, () => aTokenEvent('token.created'));
      await waitForPosition(system.query.url, await publish(system.stream, tokens));
      await (await streams()).purge(system.stream.name, { seq: 81 });
      await expect(goBack()).rejects.toThrow(/^Not gone back: .* begins at 81, and nothing of it is applied/);
      expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });
      expect((await httpList(system.query.url)).headers.get('x-total-count')).toBe('90');
    },
    60_000,
  );

  test('of another release is refused like one of the same, and no setting undoes one that is meant', async () => {
    const newer = await releaseOfSchema(SCHEMA_VERSION + 1);
    await start({ ON_SOURCE_CHANGE: 'rebuild' });
    const settings = { ...system.env, ON_SOURCE_CHANGE: 'halt' };
    const next = await startProjector(settings, { directory: newer, when: 'listening' });
    await ready(next, 40_000);
    // Only the generation that is live has applied it.
    await create();
    await (await streams()).purge(system.stream.name);
    await expect(goBack()).rejects.toThrow(/^Not gone back: .* begins at 3, .*--frozen/);
    await recreate();
    await eventually('the projector to halt', async () => (await stale()) === 'source-recreated');
    await expect(goBack()).rejects.toThrow(/^Not gone back: .* made .*--frozen/);
    expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });

    expect(await goBack({ acceptStale: true })).toMatchObject({ state: 'done', isFrozen: true });
    await eventually(
      'the release before to lead',
      () => system.projector.logsWith('not rebuilding by itself').length > 0,
    );
    expect(await rebuilds.generations()).toEqual({ 1: 'live', 2: 'previous' });
    expect(await stale()).toBe('source-recreated');
  }, 90_000);
});
