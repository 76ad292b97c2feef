import { aMembershipEvent, aTokenEvent, type CloudEvent } from '../support/builders.js';
import { createDatabase } from '../support/database.js';
import { ReadModelUnderTest } from '../projector/read-model-under-test.js';

/** So many that lists walk an order and check each token, for every caller. */
const MEMBERS = 13_000;
const OTHERS = 1_000;
const GROUP = 2;
const LOT = 500;

/** Those that are in no group come first and last in every order. */
const isMember = (id: number) => id > OTHERS / 2 && id <= OTHERS / 2 + MEMBERS;

describe('a list of a group of 13,000 of 14,000 tokens has its members alone', () => {
  let model: ReadModelUnderTest;
  const apply = (events: readonly CloudEvent[]) =>
    model.applyMessages(events.map((event) => Buffer.from(JSON.stringify(event))));

  beforeAll(async () => {
    const { url } = await createDatabase();
    model = await ReadModelUnderTest.open(url);
    await model.reset();
    const ids = Array.from({ length: MEMBERS + OTHERS }, (_, i) => i + 1);
    for (let from = 0; from < ids.length; from += 3_500)
      await apply(ids.slice(from, from + 3_500).map((id) => aTokenEvent('token.created', { id, customerId: 1 })));
    const members = ids.filter(isMember);
    for (let from = 0; from < members.length; from += LOT) {
      const tokenIds = members.slice(from, from + LOT);
      await apply([
        aMembershipEvent('token-group.tokens-added', { tokenGroupId: GROUP, version: from / LOT + 1, tokenIds }),
      ]);
    }
  }, 120_000);
  afterAll(() => model.close());

  const orders = (['id', 'createdAt', 'updatedAt', 'validFrom', 'expiresAt'] as const).flatMap((sortBy) =>
    (['asc', 'desc'] as const).map((sortDirection) => ({ sortBy, sortDirection })),
  );

  test.each([
    ['of all customers', {}],
    ['of one customer', { customerId: 1 }],
    ['with another filter', { isActive: true }],
  ])('%s, in every order and from any offset', async (_, filter) => {
    for (const order of orders)
      for (const offset of [0, 900, 6_000, MEMBERS - 3]) {
        const { data, count } = await model.list({ ...order, ...filter, tokenGroupId: GROUP, limit: 3, offset });
        expect(count).toBe(MEMBERS);
        expect(data.map(({ id, tokenGroupIds }) => isMember(id) && tokenGroupIds)).toEqual([[GROUP], [GROUP], [GROUP]]);
      }
  });
});
