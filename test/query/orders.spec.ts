import { listOf } from '../oracle/oracle.js';
import { SORT_DIRECTIONS, SORT_KEYS } from '../../apps/query/src/list-tokens/sort-keys.js';
import { signToken } from '../support/jwt.js';
import { someEvents } from './dataset.js';
import type { Caller, Doors, Values } from './doors.js';
import { startWorld, type World } from './world.js';

interface Page {
  readonly data: readonly { readonly id: number; readonly expiresAt: string | null }[];
  readonly count: number;
}

const ORDERS = SORT_KEYS.flatMap((sortBy) => SORT_DIRECTIONS.map((sortDirection) => ({ sortBy, sortDirection })));
const SCOPE = [2, 3, 5];

/** Each reaches the tokens by another way: everybody's, one customer's, some kinds, dates, a search. */
const FILTERS = [
  {},
  { customerId: 3 },
  { isActive: false, type: 'rfid' },
  { customerId: 2, roamingEnabled: true },
  { validFrom: '2025-06-03T12:00:00.000Z' },
  { search: '4' },
  { status: 'usable', createdAtFrom: '2024-03-01T00:00:00.000Z' },
] as const;

describe('the order of the list', () => {
  let world: World;
  let doors: Doors;

  beforeAll(async () => {
    world = await startWorld(someEvents(60));
    doors = world.doors;
  });

  const page = async (values: Values, caller?: Caller): Promise<Page> => {
    const reply = await doors.list(values, caller);
    expect(reply.status).toBe(200);
    return reply.json<Page>();
  };

  test.each(ORDERS)('by $sortBy $sortDirection is total, ties by id in the same direction', async (order) => {
    for (const filter of FILTERS) {
      const expected = listOf(world.tokens, { ...filter, ...order });
      expect(expected.count).toBeGreaterThan(3);
      expect({ filter, ...(await page({ ...filter, ...order })) }).toEqual({ filter, ...expected });
    }
  });

  test.each(ORDERS)(
    'by $sortBy $sortDirection is the same for a caller who sees some customers only',
    async (order) => {
      const token = await signToken({ customerIds: SCOPE });
      expect(await page(order, { token })).toEqual(listOf(world.tokens, order, SCOPE));
    },
  );

  test.each(['asc', 'desc'])('by expiresAt %s has the tokens that never expire last', async (sortDirection) => {
    const { data } = await page({ sortBy: 'expiresAt', sortDirection });
    const never = data.filter(({ expiresAt }) => expiresAt === null);
    expect(never.length).toBeGreaterThan(3);
    expect(data.slice(-never.length)).toEqual(never);
  });

  test.each(ORDERS)('by $sortBy $sortDirection, small pages together are the whole list', async (order) => {
    for (const [limit, filter] of [
      [1, { customerId: 3 }],
      [7, {}],
      [10, { isActive: true }],
      [4, { search: 'DK' }],
      [20, {}],
    ] as const) {
      const whole = await page({ ...order, ...filter });
      const walked = [];
      for (let offset = 0; offset < whole.count + limit; offset += limit) {
        const { data, count } = await page({ ...order, ...filter, offset, limit });
        expect(count).toBe(whole.count);
        expect(data.length).toBe(Math.max(0, Math.min(limit, whole.count - offset)));
        walked.push(...data);
      }
      expect(walked).toEqual(whole.data);
    }
  });

  describe.each(ORDERS)('an offset past the end by $sortBy $sortDirection', (order) => {
    test.each([58, 1_000, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER])(
      'of %d answers no tokens and the true count',
      async (offset) => {
        for (const filter of FILTERS)
          expect(await page({ ...order, ...filter, offset, limit: 1000 })).toEqual({
            data: [],
            count: listOf(world.tokens, filter).count,
          });
      },
    );
  });
});
