import fc from 'fast-check';
import { TOKEN_TYPES } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import type { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { SORT_DIRECTIONS, SORT_KEYS } from '../../apps/query/src/list-tokens/sort-keys.js';
import { TOKEN_STATUSES } from '../../apps/query/src/list-tokens/token-status.js';
import { listOf } from '../oracle/oracle.js';
import { INSTANTS, someEvents } from './dataset.js';
import { someOf } from './some-of.js';
import { shortOrLong } from '../support/test-length.js';
import { startWorld, type World } from './world.js';

/** A piece of something that is there, spelt as somebody might type it. */
function searchesFor(texts: readonly string[]): fc.Arbitrary<string> {
  const piece = fc
    .tuple(fc.constantFrom(...texts), fc.nat(20), fc.integer({ min: 1, max: 24 }))
    .map(([text, from, length]) => text.slice(from % text.length).slice(0, length));
  const spelt = fc.tuple(
    piece,
    fc.constantFrom('', '-', ':', '.', ' ', '*', '_'),
    fc.constantFrom('', 'VID:', 'vid:'),
    fc.boolean(),
  );
  return spelt
    .map(([text, separator, prefix, isLower]) => prefix + [...(isLower ? text.toLowerCase() : text)].join(separator))
    .map((text) => text.trim().slice(0, 50).trim())
    .filter((text) => text !== '');
}

/** Windows of time; some have one end only. */
const windows = fc
  .subarray(['valid', 'expires', 'createdAt', 'updatedAt'], { maxLength: 2 })
  .chain((times) => fc.tuple(...times.map(windowOf)))
  .map((parts) => Object.assign({}, ...parts) as Partial<ListTokensRequest>);
const someTimes = fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: windows });

function windowOf(time: string): fc.Arbitrary<object> {
  const ends = fc.subarray([...INSTANTS], { minLength: 1, maxLength: 2 });
  return fc
    .tuple(ends, fc.boolean())
    .map(([[first, last], isFrom]) =>
      last === undefined
        ? { [time + (isFrom ? 'From' : 'To')]: first }
        : { [`${time}From`]: first, [`${time}To`]: last },
    );
}

/** Filters that a token matches, mostly: those at random often find nothing. */
function filtersOf(token: TokenDocument): fc.Arbitrary<Partial<ListTokensRequest>> {
  const { id, customerId, identifier, tokenGroupIds, isActive, roamingEnabled, priorityChargingEnabled } = token;
  const { type, uid, label, appUserId } = identifier;
  return someOf({
    search: searchesFor([uid, label ?? uid]),
    type: fc.constant(type),
    customerId: fc.constant(customerId),
    isActive: fc.constant(isActive),
    roamingEnabled: fc.constant(roamingEnabled),
    priority: fc.constant(priorityChargingEnabled),
    status: fc.constantFrom(...TOKEN_STATUSES),
    ids: fc
      .uniqueArray(fc.integer({ min: 1, max: 330 }), { maxLength: 9 })
      .map((others) => [...new Set([id, ...others])]),
    ...(tokenGroupIds.length > 0 ? { tokenGroupId: fc.constantFrom(...tokenGroupIds) } : {}),
    ...(appUserId === null ? {} : { appUserId: fc.constant(appUserId) }),
  });
}

const RUNS = shortOrLong(100, 300);

describe('filters of the list', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld(someEvents(300));
  });

  test('in any combination, with any order and page, give what a plain look at all tokens gives', async () => {
    const { tokens, doors } = world;
    expect(tokens.length).toBeGreaterThan(250);
    const uids = tokens.map(({ identifier }) => identifier.uid);
    const labels = tokens.flatMap(({ identifier: { label } }) => label ?? []);
    const backwards = uids.map((uid) => uid.match(/../g)!.reverse().join(''));
    const search = fc.oneof(
      searchesFor(uids),
      searchesFor(labels),
      fc.constantFrom(...backwards),
      fc.integer({ min: 1, max: 330 }).map(String),
      fc.constantFrom('%', '_', '\\', '-', 'VID:', 'spi', 'a', '0', 'ærø', 'X'),
    );
    const atRandom = someOf({
      search,
      type: fc.constantFrom(...TOKEN_TYPES),
      customerId: fc.integer({ min: 1, max: 8 }),
      isActive: fc.boolean(),
      roamingEnabled: fc.boolean(),
      priority: fc.boolean(),
      status: fc.constantFrom(...TOKEN_STATUSES),
      ids: fc.uniqueArray(fc.integer({ min: 1, max: 330 }), { minLength: 1, maxLength: 60 }),
      tokenGroupId: fc.integer({ min: 1, max: 10 }),
      appUserId: fc.integer({ min: 1, max: 10 }),
    });
    const filters = fc.oneof(
      { weight: 1, arbitrary: atRandom },
      { weight: 2, arbitrary: fc.constantFrom(...tokens).chain(filtersOf) },
    );
    const page = someOf({
      sortBy: fc.constantFrom(...SORT_KEYS),
      sortDirection: fc.constantFrom(...SORT_DIRECTIONS),
      offset: fc.nat(40),
      limit: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(1000)),
    });
    let found = 0;
    const property = fc.asyncProperty(filters, someTimes, page, async (filter, times, pageOf) => {
      const given = { ...filter, ...times, ...pageOf };
      const reply = await doors.list(given);
      const expected = listOf(tokens, given);
      expect({ given, ...reply.json<object>() }).toEqual({ given, ...expected });
      found += Math.sign(expected.count);
    });
    await fc.assert(property, { numRuns: RUNS });
    // Of lists without tokens there is little to see.
    expect(found).toBeGreaterThan(RUNS / 2);
  });

  test('by a group alone list its members, of a deleted group those who came later', async () => {
    for (let tokenGroupId = 1; tokenGroupId <= 10; tokenGroupId += 1) {
      const given = { tokenGroupId, limit: 1000 };
      const reply = await world.doors.list(given);
      expect({ given, ...reply.json<object>() }).toEqual({ given, ...listOf(world.tokens, given) });
    }
  });

  test.each(TOKEN_TYPES)('by facets of %s alone count exactly, all 27 combinations of flags', async (type) => {
    const flags = [undefined, true, false];
    for (const isActive of flags)
      for (const roamingEnabled of flags)
        for (const priority of flags) {
          const filter = { type, ...given({ isActive, roamingEnabled, priority }) };
          const reply = await world.doors.list({ ...filter, limit: 3 });
          expect({ filter, ...reply.json<object>() }).toEqual({
            filter,
            ...listOf(world.tokens, { ...filter, limit: 3 }),
          });
        }
  });
});

function given(flags: Readonly<Record<string, boolean | undefined>>): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, flag]) => (flag === undefined ? [] : [[name, flag]])),
  );
}
