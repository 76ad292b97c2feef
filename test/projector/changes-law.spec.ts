import fc from 'fast-check';
import type { DomainEvent } from '#token-contract/events.js';
import { eventSet } from '../oracle/arbitraries.js';
import { tokensOf } from '../oracle/oracle.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shortOrLong } from '../support/test-length.js';
import { FollowedModel, messagesOf, type Mirror } from './followed-model.js';

/** What happens between two batches. */
type Step =
  | { readonly do: 'batch'; readonly size: number }
  | { readonly do: 'follow'; readonly mirror: number; readonly limit: number }
  | { readonly do: 'sweep' }
  | { readonly do: 'replay'; readonly letters: number }
  | { readonly do: 'rebuild'; readonly size: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('batch' as const), size: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('follow' as const),
      mirror: fc.nat(4),
      limit: fc.constantFrom(1, 2, 1_000),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'sweep' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), letters: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebuild' as const), size: fc.integer({ min: 1, max: 8 }) }) },
);

/** Customers 1 to 3 exist, and the largest id there is. */
const SCOPES = [undefined, [1], [2], [1, 2], Array.from({ length: 40 }, (_, i) => i + 2)];

describe('a mirror that follows the changes', () => {
  let database: TestDatabase;
  let followed: FollowedModel;

  beforeAll(async () => {
    database = await createDatabase();
    followed = await FollowedModel.open(database.url);
  });
  afterAll(async () => {
    await followed.close();
    await database.drop();
  });

  async function expectEqual(mirror: Mirror, events: readonly DomainEvent[]): Promise<void> {
    await followed.catchUp(mirror, 3);
    const { scope } = mirror;
    const seen = tokensOf(events).filter(
      ({ customerId }) => scope.kind === 'all' || scope.customerIds.includes(customerId),
    );
    const byId = (a: { id: number }, b: { id: number }) => a.id - b.id;
    expect([...mirror.tokens.values()].sort(byId)).toEqual(seen.sort(byId));
  }

  test('equals the list, whatever it has read when, with letters, large groups and rebuilds in the middle', async () => {
    await fc.assert(
      fc.asyncProperty(
        eventSet,
        fc.nat(10),
        fc.array(step, { minLength: 5, maxLength: 30 }),
        async (set, ofStream, steps) => {
          // Some of the events are letters, in any order with those of the stream.
          const letters = set.slice(0, Math.floor((set.length * ofStream) / 20));
          const stream = messagesOf(set.slice(letters.length));
          await followed.model.reset();
          const mirrors = SCOPES.map((customers) => followed.mirror(customers));
          const replayed: DomainEvent[] = [];
          let read = 0;
          const batch = async (size: number) => {
            if (read < stream.length) await followed.model.deliver(stream.slice(read, read + size));
            read = Math.min(stream.length, read + size);
          };
          for (const now of steps) {
            if (now.do === 'batch') await batch(now.size);
            else if (now.do === 'follow') await follow(mirrors[now.mirror]!, now.limit);
            else if (now.do === 'sweep') await sweepOnce();
            else if (now.do === 'replay') {
              const next = letters.slice(replayed.length, replayed.length + now.letters);
              if (next.length > 0) await followed.replay(next);
              replayed.push(...next);
            } else if (read > 0) await followed.rebuild(cut(stream.slice(0, read), now.size), replayed);
          }
          await batch(stream.length);
          await followed.sweepAll();
          for (const mirror of mirrors) await expectEqual(mirror, [...set.slice(letters.length), ...replayed]);
        },
      ),
      { numRuns: shortOrLong(60, 300) },
    );
  }, 240_000);

  /** An answer without changes says that the mirror has everything. */
  async function follow(mirror: Mirror, limit: number): Promise<void> {
    if ((await followed.follow(mirror, limit)) > 0) return;
    const shown = await followed.shownTo(mirror);
    expect(new Map([...mirror.tokens].sort(([a], [b]) => a - b))).toEqual(
      new Map([...shown].sort(([a], [b]) => a - b)),
    );
  }

  async function sweepOnce(): Promise<void> {
    if (await followed.model.isSweeping()) await followed.model.sweep(1);
  }

  function cut<T>(items: readonly T[], size: number): T[][] {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
  }
});
