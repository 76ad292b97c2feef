import fc from 'fast-check';
import { SORT_KEYS } from '../../apps/query/src/list-tokens/sort-keys.js';
import { TOKEN_STATUSES } from '../../apps/query/src/list-tokens/token-status.js';
import { listOf } from '../oracle/oracle.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { someEvents } from './dataset.js';
import { Doors, type Values } from './doors.js';
import { expectError } from './service-error.js';
import { someOf } from './some-of.js';
import { shortOrLong } from '../support/test-length.js';
import { startWorld, type World } from './world.js';

const NO_LIST_OF_INTEGERS: readonly [string, unknown][] = [
  ['null', null],
  ['a text', '1'],
  ['an empty text', ''],
  ['a list in a text', '[1]'],
  ['a number', 1],
  ['true', true],
  ['an object', { 0: 1, length: 1 }],
  ['a list of texts', ['1', '2']],
  ['a text among numbers', [1, '2']],
  ['a list of fractions', [1.5]],
  ['a list of null', [null]],
  ['a list of lists', [[1]]],
  ['an integer beyond 2^53', [2 ** 53]],
  ['a huge number', [1e300]],
];

describe('a caller whose JWT lists customers', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld(someEvents(80));
  });

  const list = async (customerIds: readonly number[], values: Values = {}) =>
    world.doors.list(values, { token: await signToken({ customerIds }) });
  const idOf = (customerId: number) => world.tokens.find((token) => token.customerId === customerId)!.id;

  test.each([[[3]], [[2, 5]], [[5, 2, 2, 5]], [[1, 2, 3, 4, 5, 6, 7]], [[3, 404]], [[Number.MAX_SAFE_INTEGER, 4]]])(
    '%j gets their tokens and their count only',
    async (customerIds) => {
      const reply = await list(customerIds);
      const expected = listOf(world.tokens, {}, customerIds);
      expect(expected.count).toBeGreaterThan(3);
      expect(reply.json()).toEqual(expected);
      expect(reply.headers.get('x-total-count')).toBe(String(expected.count));
    },
  );

  test('gets only theirs, whatever the filters, the order and the page', async () => {
    const request = someOf({
      search: fc.constantFrom('4', 'dk', 'spi', '7', '04'),
      type: fc.constantFrom('rfid' as const, 'virtual' as const),
      isActive: fc.boolean(),
      priority: fc.boolean(),
      validFrom: fc.constant('2025-06-03T12:00:00.000Z'),
      expiresFrom: fc.constant('2025-01-01T00:00:00.000Z'),
      updatedAtTo: fc.constant('2025-06-03T12:00:00.001Z'),
      status: fc.constantFrom(...TOKEN_STATUSES),
      ids: fc.constant(Array.from({ length: 50 }, (_, i) => i + 1)),
      tokenGroupId: fc.integer({ min: 1, max: 9 }),
      appUserId: fc.integer({ min: 1, max: 9 }),
      sortBy: fc.constantFrom(...SORT_KEYS),
      offset: fc.oneof(fc.nat(5), fc.nat(80)),
      limit: fc.integer({ min: 1, max: 30 }),
    });
    // A long list of customers is read in another way than a short one, whether they have any tokens or not.
    const scope = fc
      .tuple(fc.uniqueArray(fc.integer({ min: -1, max: 9 })), fc.constantFrom(0, 20))
      .map(([some, unknown]) => [...some, ...Array.from({ length: unknown }, (_, i) => 1_000 + i)]);
    await fc.assert(
      fc.asyncProperty(scope, request, async (customerIds, values) => {
        const reply = await list(customerIds, values);
        const expected = listOf(world.tokens, values, customerIds);
        expect({ customerIds, values, ...reply.json<object>() }).toEqual({ customerIds, values, ...expected });
      }),
      { numRuns: shortOrLong(80, 200) },
    );
  });

  test('may ask for one of them, which counts that one only', async () => {
    for (const customerId of [2, 5]) {
      const reply = await list([2, 5], { customerId });
      expect(reply.json()).toEqual(listOf(world.tokens, { customerId }));
    }
  });

  test.each([1, 3, 404, Number.MAX_SAFE_INTEGER])(
    'may not ask for another: customer %d is a 403',
    async (customerId) => {
      const reply = await list([2, 5], { customerId });
      expect(expectError(reply, 403)).toContain(String(customerId));
      expect(reply.headers.get('x-total-count')).toBeNull();
    },
  );

  test('gets a token of theirs by its id, and a 404 for any other, there or not', async () => {
    const token = await signToken({ customerIds: [2, 5] });
    expect((await world.doors.get(idOf(5), { token })).json()).toEqual(world.tokens.find(({ id }) => id === idOf(5)));
    const others = await world.doors.get(idOf(3), { token });
    const nobodys = await world.doors.get(99_999, { token });
    expect(expectError(others, 404)).toBe(expectError(nobodys, 404).replace('99999', String(idOf(3))));
  });

  test('does not find a token of another customer by searching for its id, uid or label', async () => {
    const { id, identifier } = world.tokens.find((token) => token.customerId === 3 && token.identifier.label !== null)!;
    for (const search of [String(id), identifier.uid, identifier.label!]) {
      const reply = await list([2, 5], { search: search.slice(0, 50) });
      expect(reply.json()).toEqual(listOf(world.tokens, { search: search.slice(0, 50) }, [2, 5]));
      expect(reply.body).not.toContain(`"id":${id},`);
    }
  });

  // 0 and below are integers, and no customers: nothing kept for all customers together may be reached by them.
  test.each([[[]], [[0]], [[-1]], [[0, -1]], [[404]]])(
    '%j sees nothing: no tokens and a count of 0',
    async (customerIds) => {
      for (const values of [
        {},
        { isActive: true },
        { search: '4' },
        { sortBy: 'expiresAt' },
        { validFrom: '0001-01-01T00:00:00Z' },
        { status: 'usable' },
        { status: 'inactive' },
        { ids: [1, 2, 3] },
        { tokenGroupId: 2 },
        { appUserId: 2 },
      ])
        expect((await list(customerIds, values)).body).toBe('{"data":[],"count":0}');
      const token = await signToken({ customerIds });
      expectError(await world.doors.get(idOf(1), { token }), 404);
      expectError(await world.doors.list({ customerId: 1 }, { token }), 403);
    },
  );

  test('0 among others adds nothing', async () => {
    expect((await list([0, 3])).json()).toEqual(listOf(world.tokens, {}, [3]));
  });

  test.each(NO_LIST_OF_INTEGERS)('a claim that is no list of integers is a 403 on both doors: %s', async (_, value) => {
    const token = await signToken({ claims: { customer_ids: value } });
    expect(expectError(await world.doors.list({}, { token }), 403)).toMatch(/customer_ids.*list of integers/);
    expectError(await world.doors.get(idOf(1), { token }), 403);
  });

  test('without the claim everything is seen', async () => {
    expect((await world.doors.list({}, { token: await signToken() })).json()).toEqual(listOf(world.tokens, {}));
  });

  test.each(['tenants', 'https://claims.test/customers', 'constructor'])('the claim may be called %s', async (name) => {
    const query = await startQuery({
      ...world.env,
      JWT_CUSTOMERS_CLAIM: name,
      NATS_SUBJECT_PREFIX: `${world.stream.prefix}.${name.length}`,
    });
    const doors = new Doors({
      url: query.url,
      nats: world.stream.nats,
      prefix: `${world.stream.prefix}.${name.length}`,
    });
    const token = await signToken({ claims: { [name]: [3], customer_ids: [2] } });
    expect((await doors.list({}, { token })).json()).toEqual(listOf(world.tokens, {}, [3]));
    const unscoped = await signToken({ claims: { customer_ids: [2] } });
    expect((await doors.list({}, { token: unscoped })).json()).toEqual(listOf(world.tokens, {}));
    await query.stop();
  });
});
