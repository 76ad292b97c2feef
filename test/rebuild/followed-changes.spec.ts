import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { anErasure, aTokenEvent } from '../support/builders.js';
import { httpRequest, waitForPosition } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import type { ChangesAnswer } from '../query/mirror.js';
import { Rebuilds } from './rebuilds.js';

describe('a mirror that follows the changes', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeAll(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
    await applied([1, 2, 3].map((id) => aTokenEvent('token.created', { id, customerId: id })));
  });

  const applied = async (events: Parameters<typeof publish>[1]) =>
    waitForPosition(system.query.url, await publish(system.stream, events));

  async function ask(after: string, customers?: number[]) {
    const token = await signToken(customers ? { customerIds: customers } : {});
    const reply = await httpRequest(`${system.query.url}/v2/tokens/changes?${after && `after=${after}`}`, { token });
    return { status: reply.status, ...reply.json<ChangesAnswer & { message: string }>() };
  }
  const shortly = ({ data }: ChangesAnswer) =>
    data.map(({ id, change, token }) => [id, change, token?.comment ?? null]);

  test('goes on where it is through a plain rebuild, whose changes have the same positions', async () => {
    const before = await ask('');
    await applied(aTokenEvent('token.updated', { id: 2, version: 2, customerId: 2, comment: 'meanwhile' }));
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    const missed = await ask(before.after);
    expect(missed).toMatchObject({ status: 200, data: [{ position: 4, id: 2, change: 'changed' }] });
    expect(await ask('')).toMatchObject({ data: [{ position: 1 }, { position: 3 }, { position: 4 }] });
    expect((await ask(missed.after)).data).toEqual([]);
  });

  test('learns what a repair has put right, and for whom', async () => {
    const { database } = system;
    const callers = [undefined, [1], [2], [3], [9]];
    const before = await Promise.all(callers.map((customers) => ask('', customers)));
    // Wrong for as long as it takes: callers may have seen it.
    await database.query(`update token_2 set customer_id = 9, document = replace(document, '"customerId":1,', '"customerId":9,') where id = 1;
      update token_updated_2 set customer_id = 9 where id = 1;
      update token_2 set document = replace(document, '"meanwhile"', '"wrong"') where id = 2;
      delete from token_2 where id = 3; delete from token_updated_2 where id = 3; delete from token_search_2 where id = 3`);
    await database.query(`insert into token_2 select 77, version, 3, facet, created_at, valid_from, expires_at, own_updated_at,
      replace(document, '"id":2', '"id":77') from token_2 where id = 2`);
    expect(await rebuilds.carryOut({ repair: true, removeUntold: 1 }, 'verify')).toMatchObject({ state: 'done' });
    await expectReadModelOfStream(system);
    const after = await Promise.all(
      callers.map(async (customers, i) => shortly(await ask(before[i]!.after, customers))),
    );
    expect(after).toEqual([
      [
        [1, 'changed', null],
        [2, 'changed', 'meanwhile'],
        [3, 'changed', null],
        [77, 'erased', null],
      ],
      [[1, 'changed', null]],
      [[2, 'changed', 'meanwhile']],
      [
        [3, 'changed', null],
        [77, 'erased', null],
      ],
      [[1, 'left', null]],
    ]);
    expect(await rebuilds.carryOut({}, 'verify')).toMatchObject({ differences: 0 });
  });

  test('begins again after a roll-back, which may show anything, and after a rebuild that accepts differences', async () => {
    for (const [order, subject] of [
      [{}, 'rebuild.rollback'],
      [{ acceptDifferences: true }, 'rebuild'],
    ] as const) {
      const { after } = await ask('');
      await system.database.query(`update token_updated_${await live()} set updated_at = now() where id = 2`);
      expect(await rebuilds.carryOut(order, subject)).toMatchObject({ state: 'done' });
      expect(await ask(after)).toMatchObject({
        status: 410,
        message: expect.stringContaining('begin again') as string,
      });
      expect((await ask('')).data).toHaveLength(3);
    }
  });

  test('begins again after a rebuild that read another stream, whose positions mean nothing in this one', async () => {
    const { stream } = system;
    const archive = `${stream.name}_ARCHIVE`;
    const { streams } = await jetstreamManager(stream.nats);
    await streams.add({ name: archive, subjects: [`archive.${stream.name}.>`] });
    try {
      const old = aTokenEvent('token.created', { id: 50, comment: 'archived' });
      for (let i = 0; i < 20; i += 1)
        await jetstream(stream.nats).publish(`archive.${stream.name}.${i}`, JSON.stringify(old));
      const { after } = await ask('');
      expect(await rebuilds.carryOut({ stream: archive, acceptDifferences: true })).toMatchObject({ state: 'done' });
      expect((await ask(after)).status).toBe(410);
      const again = await ask('');
      expect(again.data.map(({ position, id }) => [position, id])).toContainEqual([0, 50]);
      await applied(anErasure({ id: 50, version: 2 }));
      expect(shortly(await ask(again.after))).toEqual([[50, 'erased', null]]);
    } finally {
      await streams.delete(archive);
    }
  });

  async function live(): Promise<number> {
    const [row] = await system.database.query<{ number: number }>(`select number from generation where state = 'live'`);
    return row!.number;
  }
});
