import fc from 'fast-check';
import { TOKEN_TYPES } from '#token-contract/events.js';
import {
  aGroupDeletion,
  aMembershipEvent,
  anErasure,
  aTokenEvent,
  type CloudEvent,
  type TokenChange,
} from '../support/builders.js';

/** Always the same events: a failure can be looked at again. */
const SEED = 20_250_603;
const CUSTOMERS = 7;
const GROUPS = 9;

/** Few instants, some a millisecond apart, so that filters meet them exactly and orders have ties. */
export const INSTANTS: readonly string[] = [
  '2024-02-29T00:00:00.000Z',
  '2025-01-01T00:00:00.000Z',
  '2025-06-03T11:59:59.999Z',
  '2025-06-03T12:00:00.000Z',
  '2025-06-03T12:00:00.001Z',
  '2025-12-31T23:59:59.999Z',
  '2999-12-31T23:59:59.999Z',
];
const instant = fc.constantFrom(...INSTANTS);

const hex = (digits: string, bytes: number) =>
  fc.string({ unit: fc.constantFrom(...digits), minLength: bytes * 2, maxLength: bytes * 2 });
const uid = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(4, 7, 10).chain((bytes) => hex('0123456789ABCDEF', bytes)) },
  { weight: 1, arbitrary: hex('0123456789abcdef', 7) },
  { weight: 1, arbitrary: hex('0123456789ABCDEF', 7).map((text) => text.slice(1)) },
  { weight: 1, arbitrary: hex('0123456789ABCDEF', 6).map((text) => `VID:${text.match(/../g)!.join(':')}`) },
  { weight: 1, arbitrary: hex('0123456789abcdef', 6).map((text) => text.match(/../g)!.join('-')) },
);
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const label = fc.oneof(
  digits(5).map((text) => `DK.SPI.V${text}`),
  digits(7).map((text) => `NL-LMS-${text}-X`),
  digits(4).map((text) => `SpiriiGo-custId-${text}`),
  digits(2).map((text) => `DE*8EO*Aet${text}4*3`),
  digits(2).map((text) => `50%_Rabatt\\${text} Ærø`),
  fc.constant(null),
);

const change = fc.record({
  customerId: fc.integer({ min: 1, max: CUSTOMERS }),
  identifier: fc.record({
    type: fc.constantFrom(...TOKEN_TYPES),
    uid,
    label,
    appUserId: fc.option(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1 }))),
  }),
  createdAt: instant,
  updatedAt: instant,
  validFrom: instant,
  expiresAt: fc.option(instant, { freq: 1 }),
  isActive: fc.boolean(),
  roamingEnabled: fc.boolean(),
  priorityChargingEnabled: fc.boolean(),
  billingReference: fc.option(fc.string({ unit: 'grapheme', maxLength: 100 })),
  comment: fc.option(fc.string({ unit: 'grapheme', maxLength: 100 })),
});

/** What happened to tokens 1 to `count`: made, changed, deleted, erased, put into groups and taken out, in no order at all. */
export function someEvents(count: number): CloudEvent[] {
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  const draw = <T>(arbitrary: fc.Arbitrary<T>, number: number, salt: number) =>
    fc.sample(arbitrary, { numRuns: number, seed: SEED + salt });
  const every = (nth: number) => ids.filter((id) => id % nth === 0);
  const created = draw(change, count, 1).map((state, i) => aTokenEvent('token.created', { ...state, id: i + 1 }));
  const again = <T extends CloudEvent>(nth: number, salt: number, event: (id: number, state: TokenChange) => T) =>
    draw(change, every(nth).length, salt).map((state, i) => event(every(nth)[i]!, state));
  const memberships = draw(
    fc.record({
      tokenGroupId: fc.integer({ min: 1, max: GROUPS }),
      tokenIds: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 20 }),
      isAdded: fc.boolean(),
      time: instant,
    }),
    count / 5,
    5,
  ).map(({ tokenGroupId, tokenIds, isAdded, time }, i) =>
    aMembershipEvent(
      isAdded ? 'token-group.tokens-added' : 'token-group.tokens-removed',
      { tokenGroupId, tokenIds, version: i + 1 },
      { time },
    ),
  );
  const events = [
    ...created,
    ...again(3, 2, (id, state) => aTokenEvent('token.updated', { ...state, id, version: 4 })),
    ...again(10, 3, (id, state) => aTokenEvent('token.deleted', { ...state, id, version: 5 })),
    ...again(25, 4, (id) => anErasure({ id, version: 6 })),
    ...memberships,
    aGroupDeletion({ tokenGroupId: 1, version: count / 10 }, { time: INSTANTS[4]! }),
    aGroupDeletion({ tokenGroupId: 2, version: Math.ceil(count / 6) }, { time: INSTANTS[4]! }),
  ];
  return draw(fc.shuffledSubarray(events, { minLength: events.length }), 1, 6)[0]!;
}
