import fc from 'fast-check';
import type { DomainEvent, TokenState } from '#token-contract/events.js';
import { TOKEN_TYPES } from '#token-contract/events.js';
import type { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { SORT_DIRECTIONS, SORT_KEYS } from '../../apps/query/src/list-tokens/sort-keys.js';

/** Few of everything, so that keys, versions and times collide all the time; now and then the greatest there is. */
const upTo = (max: number) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max }) },
    { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
  );
const tokenId = upTo(6);
const customerId = upTo(3);
const groupId = upTo(3);
const version = upTo(8);
const instant = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .integer({ min: 0, max: 5 })
      .map((day) => new Date(Date.UTC(2025, 0, 1 + day, 0, 0, 0, day)).toISOString()),
  },
  { weight: 1, arbitrary: fc.constantFrom('0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z') },
);
const uid = fc.constantFrom('04A7E942F1C8D0', 'D0C8F142E9A704', 'a7e942f1', 'F142E9A7', 'VID:92:D5:0a', 'abc%_\\');
const label = fc.option(fc.constantFrom('DK.SPI.V03198', 'DE*8EO*Aet5e4*3', 'Größe ΣΑΣ', '7'));

/** Identifiers of one token are a function of its version: a version names one state. */
const state = (id: number, v: number): fc.Arbitrary<TokenState> =>
  fc
    .record({
      customerId,
      identifier: fc.record({
        type: fc.constantFrom(...TOKEN_TYPES),
        uid,
        label,
        appUserId: fc.option(fc.constant(9)),
      }),
      createdAt: instant,
      updatedAt: instant,
      validFrom: instant,
      expiresAt: fc.option(instant),
      isActive: fc.boolean(),
      roamingEnabled: fc.boolean(),
      priorityChargingEnabled: fc.boolean(),
      billingReference: fc.option(fc.constantFrom('Bil 246', '"quoted" \\ {}')),
      comment: fc.option(fc.constantFrom('ü 😀', ',{"a":1}')),
    })
    .map((rest) => ({ id, version: v, ...rest }));

const occurrence = fc.record({ eventId: fc.uuid(), time: instant });

const stateEvent: fc.Arbitrary<DomainEvent> = fc.tuple(tokenId, version).chain(([id, v]) =>
  fc
    .record({
      type: fc.constantFrom(
        'token.created' as const,
        'token.updated' as const,
        'token.activated' as const,
        'token.deactivated' as const,
        'token.deleted' as const,
      ),
      data: state(id, v),
      occurrence,
    })
    .map(({ type, data, occurrence: o }) => ({ ...o, type, data })),
);

const membershipEvent: fc.Arbitrary<DomainEvent> = fc
  .record({
    type: fc.constantFrom('token-group.tokens-added' as const, 'token-group.tokens-removed' as const),
    data: fc.record({ tokenGroupId: groupId, version, tokenIds: fc.array(tokenId, { minLength: 1, maxLength: 4 }) }),
    occurrence,
  })
  .map(({ type, data, occurrence: o }) => ({ ...o, type, data }));

const groupDeletion: fc.Arbitrary<DomainEvent> = fc
  .record({ data: fc.record({ tokenGroupId: groupId, version }), occurrence })
  .map(({ data, occurrence: o }) => ({ ...o, type: 'token-group.deleted', data }));

const erasure: fc.Arbitrary<DomainEvent> = fc
  .record({ data: fc.record({ id: tokenId, version }), occurrence })
  .map(({ data, occurrence: o }) => ({ ...o, type: 'token.erased', data }));

/** A set of events in which every version names one state, which is what the law presumes. */
export const eventSet: fc.Arbitrary<DomainEvent[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: stateEvent },
      { weight: 5, arbitrary: membershipEvent },
      // Two of one group, the lower one late, and a membership between them: that has to come up.
      { weight: 4, arbitrary: groupDeletion },
      { weight: 2, arbitrary: erasure },
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map(withOneStatePerVersion);

function withOneStatePerVersion(events: DomainEvent[]): DomainEvent[] {
  const seen = new Set<string>();
  return events.filter((event) => {
    const key =
      event.type === 'token.erased'
        ? `erasure ${event.data.id} ${event.data.version}`
        : 'id' in event.data
          ? `token ${event.data.id} ${event.data.version}`
          : `group ${event.data.tokenGroupId} ${event.data.version}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** The events in another order, some of them twice, cut into batches. */
export function deliveries<Event = DomainEvent>(events: readonly Event[]): fc.Arbitrary<Event[][]> {
  return fc
    .tuple(
      fc.shuffledSubarray([...events], { minLength: events.length }),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 }),
    )
    .map(([shuffled, again, sizes]) =>
      cut([...shuffled, ...again.map((index) => events[index % events.length]!)], sizes),
    );
}

function cut<Event>(events: readonly Event[], sizes: readonly number[]): Event[][] {
  const batches: Event[][] = [];
  for (let at = 0, i = 0; at < events.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    batches.push(events.slice(at, at + size));
    at += size;
  }
  return batches;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });

/** Any list request over the small world above. */
export const listRequest: fc.Arbitrary<ListTokensRequest> = fc.record({
  search: maybe(
    fc.constantFrom(
      'a7',
      '04a7e942f1c8d0',
      'f1-42:e9.a7',
      'dk spi',
      'VID:92d5',
      '%',
      '_',
      '\\',
      '-',
      '7',
      '3',
      'größe',
      'ΣΑ',
      'spi.v03198',
    ),
  ),
  type: maybe(fc.constantFrom(...TOKEN_TYPES)),
  customerId: maybe(customerId),
  tokenGroupId: maybe(groupId),
  isActive: maybe(fc.boolean()),
  roamingEnabled: maybe(fc.boolean()),
  priority: maybe(fc.boolean()),
  validFrom: maybe(instant),
  expiresFrom: maybe(instant),
  sortBy: fc.constantFrom(...SORT_KEYS),
  sortDirection: fc.constantFrom(...SORT_DIRECTIONS),
  offset: fc.integer({ min: 0, max: 4 }),
  limit: fc.integer({ min: 1, max: 6 }),
}) as fc.Arbitrary<ListTokensRequest>;
