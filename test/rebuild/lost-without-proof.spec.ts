import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { anErasure, aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

/** More than a reader holds in its memory. */
const MANY = 4_000;
const BEFORE = 1_000;
const AFTER = 400;
/** In a shorter time an archive is not read on. */
const LONG_MS = 1_100;

const created = (count: number) => Array.from({ length: count }, () => aTokenEvent('token.created'));

describe('a rebuild that no proof protects', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem({ DATABASE_MAX_BYTES: 'unlimited' });
    rebuilds = new Rebuilds(system);
    await waitForPosition(system.query.url, await publish(system.stream, created(BEFORE)));
  });

  const streams = async () => (await jetstreamManager(system.stream.nats)).streams;
  const list = () => httpList(system.query.url, { limit: 1 });
  const count = async () => (await list()).json<{ count: number }>().count;
  const generations = () => rebuilds.generations();
  const becomes = (state: string) =>
    eventually(`it to be ${state}`, async () => (await rebuilds.status())?.state === state, { within: 20_000 });

  /** The live generation halts, so there is nothing to compare with. */
  async function recreate(config: Partial<StreamConfig> = {}): Promise<void> {
    const { name, prefix } = system.stream;
    await (await streams()).delete(name);
    await (await streams()).add({ name, subjects: [`${prefix}.events.>`], ...config });
    for (let id = 1; id <= AFTER; id += 1) await publish(system.stream, aTokenEvent('token.created', { id }));
    await eventually('the projector to halt', async () => (await list()).headers.get('x-read-stale'));
  }

  /** Erases a token, and the stream loses that and everything after it. */
  async function lose(): Promise<void> {
    await publish(system.stream, created(MANY));
    const last = await publish(system.stream, anErasure({ id: 7, version: 2 }));
    await (await streams()).purge(system.stream.name, { seq: last + 1 });
    await publish(system.stream, created(1));
  }

  test('because the stream is another one, fails if messages are lost while it is paused; the next takes what is left', async () => {
    await recreate();
    const generation = await rebuilds.begin();
    await becomes('waiting');
    await rebuilds.ask('rebuild.pause');
    await lose();
    await rebuilds.ask('rebuild.resume');
    const { state, message } = await rebuilds.ended(generation);
    expect({ state, message }).toEqual({
      state: 'failed',
      message: expect.stringMatching(
        /cannot continue: of the messages after .* begin again with what the stream holds now/,
      ) as string,
    });
    expect(await generations()).toEqual({ 1: 'live' });
    expect(await rebuilds.carryOut({ acceptLoss: true })).toMatchObject({ state: 'done' });
    expect(await count()).toBe(1);
  }, 60_000);

  test('because differences are accepted, fails if messages are lost before it has read them', async () => {
    await publish(system.stream, aTokenEvent('token.created', { id: 7 }));
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    const generation = await rebuilds.begin({ acceptDifferences: true });
    await hold.reached;
    await lose();
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'failed' });
    expect(await generations()).toEqual({ 1: 'live' });
  }, 60_000);

  test('fails if some of the last messages are lost before it has read them', async () => {
    await recreate();
    // While it applies the first it has the next in its memory.
    const last = await publish(system.stream, created(3 * MANY));
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    const generation = await rebuilds.begin({ lastPerSubject: true, acceptLoss: true });
    await hold.reached;
    await (await streams()).purge(system.stream.name, { seq: last - 10 });
    await hold.release();
    const { state, message } = await rebuilds.ended(generation);
    expect({ state, message }).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/begin again/) as string,
    });
    expect(await generations()).toEqual({ 1: 'live' });
  }, 60_000);

  test('does not fail for what was gone when it began, although the stream loses what it has read', async () => {
    await recreate();
    await publish(system.stream, created(MANY));
    for (const sequence of [2_000, 2_001, 2_005]) await (await streams()).deleteMessage(system.stream.name, sequence);
    const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
    const generation = await rebuilds.begin({ acceptLoss: true });
    await hold.reached;
    // It gets more into its memory than that.
    await sleep(LONG_MS);
    await (await streams()).purge(system.stream.name, { seq: 2_010 });
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done' });
    expect(await count()).toBe(AFTER + MANY - 3);
  }, 60_000);

  test('does not fail where everything is read, the last message was gone already, and the rest goes meanwhile', async () => {
    await recreate();
    await (await streams()).deleteMessage(system.stream.name, AFTER);
    const generation = await rebuilds.begin();
    await becomes('waiting');
    await (await streams()).purge(system.stream.name);
    await rebuilds.ask('rebuild.confirm', { generation, tokens: AFTER - 1 });
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done' });
  }, 60_000);

  test.each([
    ['', false],
    [', also where the archive lags', true],
  ])(
    'reads on in an archive that has what the own stream loses meanwhile%s',
    async (_, lags) => {
      await recreate();
      const archive = await createStream();
      const old = Array.from({ length: AFTER }, (_, i) => aTokenEvent('token.created', { id: i + 1 }));
      await publish(archive, old);
      const erasures = [1, 2, 3].map((id) => anErasure({ id, version: 2 }));
      const lost = lags ? await publish(system.stream, erasures) : 0;
      const hold = await (await HoldPoints.open(system.database)).at('filling', 2);
      const generation = await rebuilds.begin({ stream: archive.name, acceptLoss: true });
      await hold.reached;
      await publish(archive, erasures);
      const last = lags ? lost : await publish(system.stream, erasures);
      await (await streams()).purge(system.stream.name, { seq: last + 1 });
      await publish(system.stream, created(1));
      await sleep(LONG_MS);
      await hold.release();
      expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done' });
      expect(await count()).toBe(AFTER - erasures.length + 1);
    },
    60_000,
  );

  test.each<[string, Partial<StreamConfig>, object]>([
    ['all messages', {}, {}],
    ['the last message of every subject', {}, { lastPerSubject: true }],
    ['a stream with a limit per subject', { max_msgs_per_subject: 1 }, {}],
  ])(
    'takes %s as they were when it began, whatever had been removed, and what comes later',
    async (_, config, body) => {
      await recreate(config);
      const { deleteMessage, purge } = await streams().then((api) => ({
        deleteMessage: (sequence: number) => api.deleteMessage(system.stream.name, sequence),
        purge: () => api.purge(system.stream.name, { seq: 11 }),
      }));
      for (const sequence of [100, 101, 250, AFTER]) await deleteMessage(sequence);
      await purge();
      const generation = await rebuilds.begin(body);
      await becomes('waiting');
      await publish(system.stream, [
        aTokenEvent('token.updated', { id: 300, version: 2 }),
        anErasure({ id: 301, version: 2 }),
      ]);
      await publishRaw(system.stream, 'no event', { subject: 'anything' });
      const left = AFTER - 4 - 10 - 1;
      await eventually('it to ask', async () => (await rebuilds.status())?.loss?.to === left);
      await rebuilds.ask('rebuild.confirm', { generation, tokens: left });
      expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done' });
      await eventually('all of them', async () => (await count()) === left);
    },
    60_000,
  );
});
