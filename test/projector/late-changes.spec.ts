import type { DomainEvent } from '#token-contract/events.js';
import { aTokenState, type TokenChange } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { FollowedModel, messagesOf, type Mirror } from './followed-model.js';

const AT = { eventId: 'a', time: '2025-01-01T00:00:00.000Z' };

function state(change: TokenChange & { readonly id: number }): DomainEvent {
  return { ...AT, type: 'token.updated', data: aTokenState(change) };
}

function added(tokenGroupId: number, version: number, ...tokenIds: number[]): DomainEvent {
  return { ...AT, type: 'token-group.tokens-added', data: { tokenGroupId, version, tokenIds } };
}

const deleted = (tokenGroupId: number, version: number): DomainEvent => ({
  ...AT,
  type: 'token-group.deleted',
  data: { tokenGroupId, version },
});

/** Changes that become visible at a place in the order of the stream which mirrors have passed already. */
describe('a mirror that is past it', () => {
  let database: TestDatabase;
  let followed: FollowedModel;
  let stream: DomainEvent[];

  beforeAll(async () => {
    database = await createDatabase();
    followed = await FollowedModel.open(database.url);
  });
  afterAll(async () => {
    await followed.close();
    await database.drop();
  });
  beforeEach(async () => {
    await followed.model.reset();
    stream = [];
  });

  async function happen(...events: DomainEvent[]): Promise<void> {
    await followed.model.deliver(messagesOf(events, stream.length + 1));
    stream.push(...events);
  }

  const rebuild = (letters: readonly DomainEvent[], messages = messagesOf(stream)) =>
    followed.rebuild([messages], letters);

  async function upToDate(customers?: readonly number[]): Promise<Mirror> {
    const mirror = followed.mirror(customers);
    await followed.catchUp(mirror);
    return mirror;
  }

  const commentsIn = ({ tokens }: Mirror) => [...tokens.values()].map(({ id, comment }) => `${id} ${comment}`).sort();

  async function commentsAfter(mirror: Mirror): Promise<string[]> {
    await followed.catchUp(mirror);
    return commentsIn(mirror);
  }

  test('sees the letters that are replayed, each time, before and after rebuilds that read them at their old places', async () => {
    const letters = [2, 3, 4].map((version) => state({ id: 1, version, comment: `letter ${version}` }));
    await happen(state({ id: 1, comment: 'first' }), state({ id: 2 }));
    const mirrors = [await upToDate(), await upToDate([1])];
    const [one] = mirrors;
    await followed.replay([letters[0]!]);
    expect(await commentsAfter(one!)).toEqual(['1 letter 2', '2 null']);
    // Nothing else has happened in the stream: this one is at the same position.
    await followed.replay([letters[1]!]);
    expect(await commentsAfter(one!)).toEqual(['1 letter 3', '2 null']);
    await followed.replay([letters[2]!]);
    await rebuild(letters);
    for (const mirror of mirrors) expect(await commentsAfter(mirror)).toEqual(['1 letter 4', '2 null']);
    await happen(state({ id: 2, version: 2, comment: 'later' }));
    await rebuild(letters);
    for (const mirror of mirrors) expect(await commentsAfter(mirror)).toEqual(['1 letter 4', '2 later']);
  });

  test('sees a letter although the next generation was behind it when it took over the places, and then read on', async () => {
    await happen(state({ id: 1 }), state({ id: 2 }), added(1, 1, 1));
    const letter = state({ id: 1, version: 2, comment: 'letter' });
    const mirror = await upToDate();
    await followed.replay([letter]);
    await happen(state({ id: 2, version: 2 }));
    const messages = messagesOf(stream);
    await followed.rebuild([messages.slice(0, 2)], [letter], messages.slice(2));
    expect(await commentsAfter(mirror)).toContain('1 letter');
  });

  test('sees every part of the deletion of a large group, and meanwhile all events before and after the deletion', async () => {
    const ids = [1, 2, 3, 4, 5];
    await happen(...ids.map((id) => state({ id })), added(1, 1, ...ids), added(2, 1, ...ids), state({ id: 9 }));
    const [mirror, late] = [await upToDate(), await upToDate()];
    await happen(state({ id: 9, version: 2, comment: 'before' }));
    await happen(deleted(1, 2), state({ id: 9, version: 3, comment: 'behind' }));
    for (let parts = 0; await followed.model.isSweeping(); parts += 1) {
      for (const one of [mirror, await upToDate()]) expect(await commentsAfter(one)).toContain('9 behind');
      expect(parts).toBeLessThan(12);
      await followed.model.sweep(1);
      // A token that is in both groups has lost one of them, and then the other.
      if (parts === 2) await happen(deleted(2, 2));
    }
    for (const one of [late, mirror]) await followed.catchUp(one);
    expect(new Set(late.tokens.values())).toEqual(new Set(mirror.tokens.values()));
    expect([...mirror.tokens.values()].map(({ id, tokenGroupIds }) => [id, tokenGroupIds])).toEqual(
      [...ids, 9].map((id) => [id, []]),
    );
  });

  test('sees every part of a deletion that was a letter, whether or not anything follows in the stream', async () => {
    const ids = [1, 2, 3, 4];
    await happen(...ids.map((id) => state({ id })), added(1, 1, ...ids), added(2, 1, ...ids));
    const mirror = await upToDate();
    const groups = () => [...new Set([...mirror.tokens.values()].flatMap(({ tokenGroupIds }) => tokenGroupIds))];
    for (const [group, left] of [
      [1, [2]],
      [2, []],
    ] as const) {
      await followed.replay([deleted(group, 2)]);
      await followed.model.sweep(2);
      await followed.catchUp(mirror);
      if (group === 2) await happen(state({ id: 9 }));
      await followed.catchUp(mirror);
      await followed.sweepAll();
      await followed.catchUp(mirror);
      expect(groups()).toEqual(left);
    }
  });

  test('learns what left it and what was erased, also from a rebuild of a stream that no longer tells of it', async () => {
    await happen(state({ id: 1, customerId: 1 }), state({ id: 2, customerId: 1 }), state({ id: 3, customerId: 1 }));
    const mirror = await upToDate([1]);
    await happen(
      state({ id: 1, version: 2, customerId: 2 }),
      { ...AT, type: 'token.erased', data: { id: 2, version: 2 } },
      state({ id: 3, version: 2, customerId: 1, comment: 'stays' }),
    );
    await rebuild([], messagesOf(stream).slice(3));
    expect(await commentsAfter(mirror)).toEqual(['3 stays']);
  });
});
