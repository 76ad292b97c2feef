import { aGroupDeletion, aMembershipEvent, anErasure, aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, waitForPosition, type Reply } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startWorld, type World } from './world.js';
import { mirrorOf, type Change, type ChangesAnswer } from './mirror.js';

describe('the change feed', () => {
  let world: World;

  const of = (...customers: number[]) => signToken({ customerIds: customers });
  const changed = (id: number, version: number, customerId: number, comment: string | null = null) =>
    aTokenEvent(version === 1 ? 'token.created' : 'token.updated', { id, version, customerId, comment });
  const short = ({ position, id, change, token }: Change) => [position, id, change, token?.comment ?? null];

  /** Events in a batch of their own. @returns their position */
  async function happens(...events: Parameters<typeof publish>[1] & readonly object[]): Promise<number> {
    const position = await publish(world.stream, events);
    await waitForPosition(world.query.url, position);
    return position;
  }

  async function changesFor(token: string, after?: string): Promise<ChangesAnswer> {
    const reply = await world.doors.changes(after === undefined ? {} : { after }, { token });
    expect([reply.status, reply.body]).toEqual([200, expect.any(String)]);
    return reply.json<ChangesAnswer>();
  }

  const messageOf = (reply: Reply) => reply.json<{ message: string }>().message;

  beforeAll(async () => {
    world = await startWorld([]);
    await happens(changed(1, 1, 7, 'one'), changed(2, 1, 7), changed(3, 1, 8), changed(4, 1, 9));
  });

  test('begins with every token as it is now, in the order of its last change, and goes on where it ended', async () => {
    const everyone = await signToken();
    const [mine, all] = [await changesFor(await of(7)), await changesFor(everyone)];
    expect(mine.data.map(short)).toEqual([
      [1, 1, 'changed', 'one'],
      [2, 2, 'changed', null],
    ]);
    expect(all.data.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(await changesFor(await of(7), mine.after)).toEqual({ data: [], after: mine.after });
    const position = await happens(changed(1, 2, 7, 'two'));
    expect((await changesFor(await of(7), mine.after)).data.map(short)).toEqual([[position, 1, 'changed', 'two']]);
    expect((await changesFor(everyone, all.after)).data.map(short)).toEqual([[position, 1, 'changed', 'two']]);
    expect(await changesFor(await of(8), (await changesFor(await of(8))).after)).toMatchObject({ data: [] });
  });

  test('tells a former customer that a token left, but nobody who may see both', async () => {
    const [former, both, next, everyone] = [await of(7), await of(7, 8), await of(8), await signToken()];
    const before = await Promise.all([former, both, next, everyone].map((caller) => changesFor(caller)));
    const position = await happens(changed(2, 2, 8, 'moved'));
    const after = await Promise.all(
      [former, both, next, everyone].map(async (caller, i) => (await changesFor(caller, before[i]!.after)).data),
    );
    expect(after[0]).toEqual([{ position, id: 2, change: 'left', token: null }]);
    for (const answer of after.slice(1)) expect(answer.map(short)).toEqual([[position, 2, 'changed', 'moved']]);
    // Also from the beginning, and when it comes back.
    expect((await changesFor(former)).data.map(short)).toContainEqual([position, 2, 'left', null]);
    expect((await changesFor(both)).data.map(short)).not.toContainEqual([position, 2, 'left', null]);
    const back = await happens(changed(2, 3, 7, 'back'));
    expect((await changesFor(former, before[0]!.after)).data.map(short)).toEqual([[back, 2, 'changed', 'back']]);
    expect((await changesFor(next, before[2]!.after)).data.map(short)).toEqual([[back, 2, 'left', null]]);
  });

  test('tells everybody who ever had a token that it is erased, once', async () => {
    const callers = await Promise.all([of(7), of(8), of(7, 8), signToken()]);
    await happens(changed(5, 1, 7));
    await happens(changed(5, 2, 8));
    const before = await Promise.all(callers.map((caller) => changesFor(caller)));
    const position = await happens(anErasure({ id: 5, version: 3 }));
    for (const [i, caller] of callers.entries())
      expect((await changesFor(caller, before[i]!.after)).data.map(short)).toEqual([[position, 5, 'erased', null]]);
    const again = await happens(changed(5, 4, 9));
    expect((await changesFor(callers[3], before[3]!.after)).data.map(short)).toEqual([[again, 5, 'changed', null]]);
    expect((await changesFor(callers[0], before[0]!.after)).data.map(short)).toEqual([[position, 5, 'left', null]]);
  });

  test('an event for many tokens gives changes of one position, which pages may divide anywhere', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => 100 + i);
    await happens(...ids.map((id) => changed(id, 1, 30)));
    const added = await happens(aMembershipEvent('token-group.tokens-added', { tokenGroupId: 5, tokenIds: ids }));
    const caller = await of(30);
    const found: number[] = [];
    let after: string | undefined;
    for (;;) {
      const reply = await world.doors.changes(
        { limit: 7, ...(after === undefined ? {} : { after }) },
        { token: caller },
      );
      const page = reply.json<ChangesAnswer>();
      expect(page.data.every(({ position }) => position === added)).toBe(true);
      if (page.data.length === 0) break;
      found.push(...page.data.map(({ id }) => id));
      after = page.after;
    }
    expect(found).toEqual(ids);
    const deleted = await happens(aGroupDeletion({ tokenGroupId: 5, version: 2 }));
    const { data } = await changesFor(caller, after);
    expect(data.map(({ position, token }) => [position, token?.tokenGroupIds])).toEqual(ids.map(() => [deleted, []]));
  });

  test('is the same for one, for few and for many customers, and for those with nothing', async () => {
    const all = (await changesFor(await signToken())).data.filter(({ change }) => change === 'changed');
    for (const customers of [[7], [7, 8, 9], Array.from({ length: 1_000 }, (_, i) => i + 1)]) {
      const mirror = await mirrorOf(world.query.url, await of(...customers), 3);
      const theirs = all.filter(({ token }) => customers.includes(token!.customerId)).map(({ token }) => token);
      expect([...mirror.values()].sort((a, b) => a.id - b.id)).toEqual(theirs.sort((a, b) => a!.id - b!.id));
    }
    expect((await changesFor(await of())).data).toEqual([]);
    expect((await changesFor(await of(4711))).data).toEqual([]);
  });

  test('refuses what it did not give, and lets a caller whose customers changed begin again', async () => {
    const { after } = await changesFor(await of(7));
    const changed = `${after.startsWith('A') ? 'B' : 'A'}${after.slice(1)}`;
    for (const wrong of ['x', after.slice(0, -2), changed, `${after}=`]) {
      const reply = await world.doors.changes({ after: wrong });
      expect([reply.status, messageOf(reply)]).toEqual([
        400,
        expect.stringMatching(/^after is not the text that an answer/),
      ]);
    }
    for (const caller of [await of(7, 8), await of(8), await signToken()]) {
      const reply = await world.doors.changes({ after }, { token: caller });
      expect(reply.status).toBe(410);
      expect(messageOf(reply)).toMatch(/given to a caller who may see other customers .*: begin again without it/);
    }
  });

  test('says so while the live generation is of a release without changes, whose list is answered', async () => {
    await world.database.query('update generation set schema_version = 2');
    const query = await startQuery(world.env);
    expect((await httpList(query.url, { limit: 1 })).status).toBe(200);
    const reply = await httpRequest(`${query.url}/v2/tokens/changes`);
    expect([reply.status, messageOf(reply)]).toEqual([
      503,
      'The read model is still of schema version 2, and changes need 3; wait for the rebuild.',
    ]);
    await query.stop();
  });
});
