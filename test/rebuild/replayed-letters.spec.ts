import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent, anErasure, type CloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { HoldPoints } from './hold-points.js';
import { Rebuilds } from './rebuilds.js';

describe('a dead letter that was replayed', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
  });

  const comments = async () =>
    (await httpList(system.query.url))
      .json<{ data: { id: number; comment: string }[] }>()
      .data.map(({ id, comment }) => `${id} ${comment}`);

  /** Parks the creation of a token, and makes it one that can be applied, as a corrected projector would find it. */
  async function parked(id: number): Promise<string> {
    const good = aTokenEvent('token.created', { id, version: 2, comment: 'replayed' });
    const poison: CloudEvent = { ...good, data: { ...good.data, expiresAt: 'never' } };
    await waitForPosition(system.query.url, await publish(system.stream, poison));
    const [letter] = await system.database.query<{ id: string }>(
      'update dead_letter set payload = $1 where resolution is null returning id',
      [Buffer.from(JSON.stringify(good))],
    );
    return letter!.id;
  }

  async function replayed(id: number): Promise<string> {
    const letter = await parked(id);
    expect(await rebuilds.ask('dead-letters.replay', { ids: [letter] })).toEqual({ replayed: [letter], refused: [] });
    return letter;
  }

  test('stays in the list through a verification with a repair, a rebuild, and a roll-back to a generation from before', async () => {
    await waitForPosition(
      system.query.url,
      await publish(system.stream, aTokenEvent('token.created', { id: 1, comment: 'published' })),
    );
    await rebuilds.carryOut();
    await replayed(7);
    const shown = ['7 replayed', '1 published'];
    expect(await comments()).toEqual(shown);
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    expect(await comments()).toEqual(shown);
    expect(await rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({ state: 'done', differences: 0 });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    expect(await comments()).toEqual(shown);
  });

  test('does not bring a token back that was erased since', async () => {
    await replayed(7);
    await waitForPosition(system.query.url, await publish(system.stream, anErasure({ id: 7, version: 2 })));
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    expect(await comments()).toEqual([]);
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    expect(await comments()).toEqual([]);
  });

  test('loses its contents once no generation lacks it and the time for a roll-back is over', async () => {
    const id = await replayed(7);
    const emptied = async () =>
      (
        await system.database.query<{ left: number }>(
          'select octet_length(payload) + octet_length(headers) - 2 as left from dead_letter where id = $1',
          [id],
        )
      )[0]!.left === 0;
    await system.database.query(`update dead_letter set resolved_at = resolved_at - interval '24 hours'`);
    await eventually('its contents to be removed', emptied, { within: 25_000 });
  });

  test('while a job runs is in the generation that takes over, too', async () => {
    await waitForPosition(
      system.query.url,
      await publish(system.stream, aTokenEvent('token.created', { id: 1, comment: 'published' })),
    );
    const hold = await (await HoldPoints.open(system.database)).inProof(2);
    const generation = await rebuilds.begin();
    await hold.reached;
    await replayed(7);
    await hold.release();
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done', differences: 0 });
    expect(await comments()).toEqual(['7 replayed', '1 published']);
  });

  test('of a stream that was recreated since stays out of what is made from the new one', async () => {
    await replayed(7);
    await system.database.query(`update dead_letter set stream_created = '2001-01-01T00:00:00Z'`);
    expect(await rebuilds.carryOut({ acceptDifferences: true })).toMatchObject({ state: 'done' });
    expect(await comments()).toEqual([]);
  });

  test('is refused when its stream was recreated since, so a rebuild still finds what the list shows', async () => {
    const letter = await parked(7);
    await system.database.query(`update dead_letter set stream_created = '2001-01-01T00:00:00Z'`);
    expect(await rebuilds.ask('dead-letters.replay', { ids: [letter] })).toEqual({
      replayed: [],
      refused: [
        {
          id: letter,
          reason: expect.stringMatching(
            /^it is from the stream .* made 2001-.* and the read model is from the one/,
          ) as string,
        },
      ],
    });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    expect(await comments()).toEqual([]);
  });

  test('is refused while the projector is halted over another stream, whose rebuild would lose it', async () => {
    const letter = await parked(7);
    const { nats, name, prefix } = system.stream;
    const { streams } = await jetstreamManager(nats);
    await streams.delete(name);
    await streams.add({ name, subjects: [`${prefix}.events.>`] });
    await eventually('it to halt', async () => (await httpList(system.query.url)).headers.get('x-read-stale') !== null);
    await expect(rebuilds.ask('dead-letters.replay', { ids: [letter] })).rejects.toThrow(
      'bring that one back and replay them then, or have their events published again',
    );
    expect(await comments()).toEqual([]);
    expect(await system.database.query('select resolution from dead_letter')).toEqual([{ resolution: null }]);
  });
});
