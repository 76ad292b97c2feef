import { Rebuilds } from '../rebuild/rebuilds.js';
import { aMembershipEvent, aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';

test('events of tokens with a damaged document are parked alone, and a repair and a replay make all right', async () => {
  const { database, stream, query, projector } = await startSystem();
  const rebuilds = new Rebuilds({ database, stream, projector });
  await waitForPosition(
    query.url,
    await publish(
      stream,
      [1, 2, 3].map((id) => aTokenEvent('token.created', { id })),
    ),
  );
  await database.query(`update token_1 set document = case id when 1 then 'x' else '{"id":2}' end where id < 3`);
  const last = await publish(stream, [
    ...[1, 2, 3].map((id) => aMembershipEvent('token-group.tokens-added', { tokenIds: [id], tokenGroupId: id })),
    aTokenEvent('token.created', { id: 4 }),
  ]);
  await waitForPosition(query.url, last);
  const letters = await database.query<{ id: string; sequence: string; reason: string }>(
    'select id, sequence, reason from dead_letter order by sequence',
  );
  expect(letters).toMatchObject(
    [1, 2].map((id) => ({
      sequence: String(id + 3),
      reason: expect.stringContaining(`document of token ${id} is damaged`) as unknown,
    })),
  );
  expect(projector.logsWith('projecting was interrupted')).toEqual([]);

  // As long as the row is damaged, the letter stays.
  const ids = letters.map(({ id }) => id);
  const replay = () => rebuilds.ask<{ replayed: string[] }>('dead-letters.replay', { ids });
  expect((await replay()).replayed).toEqual([]);
  expect(await rebuilds.carryOut({ repair: true, skipDiskCheck: true }, 'verify')).toMatchObject({ state: 'done' });
  expect((await replay()).replayed).toEqual(ids);
  const { data } = (await httpList(query.url)).json<{ data: { id: number; tokenGroupIds: number[] }[] }>();
  expect(new Map(data.map(({ id, tokenGroupIds }) => [id, tokenGroupIds]))).toEqual(
    new Map([1, 2, 3, 4].map((id) => [id, id === 4 ? [] : [id]])),
  );
}, 60_000);

/** They are read without an error. Only what is written shows that it is no time. */
const DAMAGED_TIMES = [
  `document = replace(document, '"createdAt":"', '"createdAt":null,"was":"')`,
  `own_updated_at = 'infinity'`,
];

test('a stored time that is none parks only the event of its token, and a repair and a replay make all right', async () => {
  const { database, stream, query, projector } = await startSystem();
  const rebuilds = new Rebuilds({ database, stream, projector });
  const damaged = DAMAGED_TIMES.map((_, i) => i + 1);
  await waitForPosition(
    query.url,
    await publish(
      stream,
      [0, ...damaged].map((id) => aTokenEvent('token.created', { id: id + 1 })),
    ),
  );
  for (const id of damaged) await database.query(`update token_1 set ${DAMAGED_TIMES[id - 1]} where id = ${id}`);
  const joined = (id: number) => aMembershipEvent('token-group.tokens-added', { tokenIds: [id], tokenGroupId: 7 });
  const whole = damaged.length + 1;
  const last = await publish(stream, [...[...damaged, whole].map(joined), aTokenEvent('token.created', { id: 9 })]);
  await waitForPosition(query.url, last);
  const letters = await database.query<{ id: string; sequence: string; reason: string }>(
    'select id, sequence, reason from dead_letter order by sequence',
  );
  expect(letters).toMatchObject(
    damaged.map((id) => ({
      sequence: String(whole + id),
      reason: expect.stringContaining('it could not be applied') as unknown,
    })),
  );
  expect(projector.logsWith('projecting was interrupted')).toEqual([]);

  expect(await rebuilds.carryOut({ repair: true, skipDiskCheck: true }, 'verify')).toMatchObject({ state: 'done' });
  const ids = letters.map(({ id }) => id);
  expect((await rebuilds.ask<{ replayed: string[] }>('dead-letters.replay', { ids })).replayed).toEqual(ids);
  const { data } = (await httpList(query.url)).json<{ data: { id: number; tokenGroupIds: number[] }[] }>();
  expect(new Map(data.map(({ id, tokenGroupIds }) => [id, tokenGroupIds]))).toEqual(
    new Map([...damaged, whole, 9].map((id) => [id, id === 9 ? [] : [7]])),
  );
}, 60_000);
