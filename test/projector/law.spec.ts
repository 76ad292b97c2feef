import { tokenProjection } from '#token-read-model/token-projection.js';
import fc from 'fast-check';
import type { DomainEvent } from '#token-contract/events.js';
import { deliveries, eventSet, listRequest } from '../oracle/arbitraries.js';
import { listOf, tokensOf } from '../oracle/oracle.js';
import { aTokenState } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { ReadModelUnderTest } from './read-model-under-test.js';
import { shortOrLong } from '../support/test-length.js';

/** A group of more members than a batch changes itself, and then its deletion: in one of a dozen runs none comes up by chance. */
const AT = { eventId: 'a', time: '2025-01-01T00:00:00.000Z' };
const LARGE_GROUP: DomainEvent[][] = [
  [{ ...AT, type: 'token-group.tokens-added', data: { tokenGroupId: 1, version: 1, tokenIds: [1, 2] } }],
  [{ ...AT, type: 'token-group.deleted', data: { tokenGroupId: 1, version: 2 } }],
];

/** The read model is a function of the set of events. */
describe('the law', () => {
  let database: TestDatabase;
  let model: ReadModelUnderTest;

  beforeAll(async () => {
    database = await createDatabase();
    // More members than one, and they are swept after the batch; more pairs than three, and tokens are folded part by part.
    model = await ReadModelUnderTest.open(database.url, tokenProjection(1, 3));
  });
  afterAll(async () => {
    await model.close();
    await database.drop();
  });

  async function deliver(batches: Parameters<ReadModelUnderTest['apply']>[0][]): Promise<void> {
    await model.reset();
    for (const [index, batch] of batches.entries()) {
      await model.apply(batch);
      // Sweeps fall behind, so that other batches come between their parts.
      if (index % 2 === 1) await model.sweep(1);
    }
    await model.sweepAll(2);
  }

  test('gives the same rows, counts and answers as a plain fold, whatever the order, the duplicates and the batches', async () => {
    const setAndDelivery = eventSet.chain((events) =>
      fc.record({
        events: fc.constant(events),
        batches: deliveries(events),
        requests: fc.array(listRequest, { minLength: 6, maxLength: 6 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(setAndDelivery, async ({ events, batches, requests }) => {
        await deliver(batches);
        const expected = tokensOf(events);
        expect(await model.list({ limit: 1000 })).toEqual(listOf(expected, {}));
        for (const request of requests)
          expect({ request, ...(await model.list(request)) }).toEqual({ request, ...listOf(expected, request) });
        expect(await model.wrongCounts()).toEqual([]);
      }),
      { numRuns: shortOrLong(75, 150) },
    );
  }, 240_000);

  test('leaves the same tables, to the last row, after two different deliveries of one set', async () => {
    const twoDeliveries = eventSet.chain((events) => fc.tuple(deliveries(events), deliveries(events)));
    await fc.assert(
      fc.asyncProperty(twoDeliveries, async ([one, other]) => {
        await deliver(one);
        const first = await model.everything();
        await deliver(other);
        expect(await model.everything()).toEqual(first);
      }),
      { numRuns: shortOrLong(40, 75) },
    );
  }, 240_000);

  test('says the same when everything is delivered a second time', async () => {
    await fc.assert(
      fc.asyncProperty(eventSet, async (events) => {
        await deliver([events]);
        const first = await model.everything();
        const outcome = await model.apply(events);
        await model.sweepAll(2);
        expect(outcome.applied).toEqual([]);
        expect(await model.everything()).toEqual(first);
      }),
      { numRuns: shortOrLong(20, 40) },
    );
  }, 120_000);

  test('claims a position only where everything up to it is in the answers, however slowly groups are swept', async () => {
    const partsAfterEach = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 5 });
    const delivery = fc.tuple(eventSet.chain(deliveries), partsAfterEach);
    let claimedLess = 0;
    await fc.assert(
      fc.asyncProperty(delivery, async ([batches, parts]) => {
        await model.reset();
        let claimed = 0;
        for (const [index, batch] of batches.entries()) {
          await model.apply(batch);
          for (let part = parts[index % parts.length]!; part > 0; part -= 1) await model.sweep(1);
          const { position, ...list } = await model.answer({ limit: 1000 });
          expect(position).toBeGreaterThanOrEqual(claimed);
          claimed = position;
          if (position < model.sequence) claimedLess += 1;
          else expect(list).toEqual(listOf(tokensOf(batches.slice(0, index + 1).flat()), {}));
        }
      }),
      { numRuns: shortOrLong(30, 60), examples: [[[LARGE_GROUP, [0]]]] },
    );
    expect(claimedLess).toBeGreaterThan(0);
  }, 120_000);

  test('a list by group has no member from before the deletion of the group, whichever of the two came first', async () => {
    const at = { eventId: 'a', time: '2025-01-01T00:00:00.000Z' };
    const added = (id: number, version: number): DomainEvent => ({
      ...at,
      type: 'token-group.tokens-added',
      data: { tokenGroupId: 5, version, tokenIds: [id] },
    });
    const created = [1, 2, 3].map((id): DomainEvent => ({ ...at, type: 'token.created', data: aTokenState({ id }) }));
    const deleted: DomainEvent = { ...at, type: 'token-group.deleted', data: { tokenGroupId: 5, version: 5 } };
    await deliver([created, [added(1, 1)], [deleted], [added(2, 2)], [added(3, 6)]]);
    await model.sweepAll(9);
    const { data, count } = await model.list({ tokenGroupId: 5 });
    expect([count, data.map(({ id, tokenGroupIds }) => [id, tokenGroupIds])]).toEqual([1, [[3, [5]]]]);
  });

  test('a group that is deleted again while its members are worked off is worked off once more, and the position moves between', async () => {
    const at = { eventId: 'a', time: '2025-01-01T00:00:00.000Z' };
    const added = (version: number, ...tokenIds: number[]): DomainEvent => ({
      ...at,
      type: 'token-group.tokens-added',
      data: { tokenGroupId: 5, version, tokenIds },
    });
    const deleted = (version: number): DomainEvent => ({
      ...at,
      type: 'token-group.deleted',
      data: { tokenGroupId: 5, version },
    });
    const ids = [1, 2, 3, 4];
    await model.reset();
    await model.apply(ids.map((id): DomainEvent => ({ ...at, type: 'token.created', data: aTokenState({ id }) })));
    await model.apply([added(1, ...ids)]);
    const claimed = async () => (await model.answer({ limit: 1 })).position;
    await model.apply([deleted(2)]);
    const first = model.sequence;
    await model.sweep(2);
    // It is behind the work by now.
    await model.apply([added(3, 1)]);
    await model.apply([deleted(4)]);
    expect(await claimed()).toBe(first - 1);
    // To the end of the first time, and not further.
    await model.sweep(3);
    expect(await claimed()).toBe(model.sequence - 1);
    const groupsOfFirst = async () =>
      (await model.list({ limit: 1, sortBy: 'id', sortDirection: 'asc' })).data[0]!.tokenGroupIds;
    expect(await groupsOfFirst()).toEqual([5]);
    await model.sweepAll(2);
    expect(await claimed()).toBe(model.sequence);
    expect(await groupsOfFirst()).toEqual([]);
  });

  test('all pages together are the whole list, without gaps or repeats', async () => {
    await fc.assert(
      fc.asyncProperty(eventSet, listRequest, async (events, request) => {
        await deliver([events]);
        const whole = await model.list({ ...request, offset: 0, limit: 1000 });
        const walked = [];
        for (let offset = 0; offset < whole.count + request.limit; offset += request.limit) {
          const page = await model.list({ ...request, offset });
          expect(page.count).toBe(whole.count);
          walked.push(...page.data);
        }
        expect(walked).toEqual(whole.data);
      }),
      { numRuns: shortOrLong(20, 40) },
    );
  }, 120_000);
});
