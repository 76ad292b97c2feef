import fc from 'fast-check';
import { SORT_DIRECTIONS, SORT_KEYS } from '../../apps/query/src/list-tokens/sort-keys.js';
import { anErasure, aTokenEvent, type CloudEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { publish } from '../support/publish.js';
import { shortOrLong } from '../support/test-length.js';
import { idsOf, walkHttp } from './walks.js';
import { startWorld, type World } from './world.js';

const TOKENS = 24;
const NOON = Date.parse('2025-06-03T12:00:00.000Z');
const day = fc.integer({ min: 0, max: 30 });

/**
 * What happens to a token between two pages. `moved`: every time that the list can be ordered by changes. `turnedBack`: its `updatedAt` is
 * earlier than before, which a later version may have.
 */
const change = fc.record({
  token: fc.integer({ min: 1, max: TOKENS }),
  kind: fc.constantFrom(
    'touched' as const,
    'moved' as const,
    'turnedBack' as const,
    'erased' as const,
    'made' as const,
  ),
  day,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Tokens that change while somebody walks over them. */
class Moving {
  private last = 0;
  private clock = 0;
  /** The versions of those that are there. */
  private readonly versions = new Map<number, number>();
  private readonly days = new Map<number, number>();

  made(on: number): CloudEvent {
    this.last += 1;
    this.versions.set(this.last, 0);
    return this.state(this.last, on);
  }

  /** @returns the token that changed as well */
  event({ token, kind, day: on }: Change): { readonly id: number; readonly event: CloudEvent } {
    const id = this.ids[token % this.ids.length]!;
    if (kind === 'made') return { id: this.last + 1, event: this.made(on) };
    if (kind === 'turnedBack') return { id, event: this.state(id, this.days.get(id)!, -1) };
    if (kind !== 'erased') return { id, event: this.state(id, kind === 'moved' ? on : this.days.get(id)!) };
    const version = this.versions.get(id)! + 1;
    this.versions.delete(id);
    return { id, event: anErasure({ id, version }) };
  }

  get ids(): number[] {
    return [...this.versions.keys()];
  }

  private state(id: number, on: number, direction: 1 | -1 = 1): CloudEvent {
    const version = this.versions.get(id)! + 1;
    this.versions.set(id, version);
    this.days.set(id, on);
    const at = (days: number) => new Date(NOON + days * 86_400_000).toISOString();
    const updatedAt = new Date(NOON + direction * (this.clock += 1)).toISOString();
    const expiresAt = on % 3 === 0 ? null : at(100 - on);
    return aTokenEvent('token.updated', { id, version, createdAt: at(on), validFrom: at(-on), expiresAt, updatedAt });
  }
}

describe('a walk by cursor over tokens that change meanwhile', () => {
  let world: World;
  const moving = new Moving();

  beforeAll(async () => {
    world = await startWorld(Array.from({ length: TOKENS }, (_, i) => moving.made(i)));
  });

  const publishAll = async (events: readonly CloudEvent[]) =>
    events.length > 0 && waitForPosition(world.query.url, await publish(world.stream, events));

  test('meets a token once if it stays, whatever happens to others, and one that moves as the order says', async () => {
    const walk = fc.asyncProperty(
      fc.record({ sortBy: fc.constantFrom(...SORT_KEYS), sortDirection: fc.constantFrom(...SORT_DIRECTIONS) }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 12 }),
      async (order, limit, changes) => {
        while (moving.ids.length < TOKENS) await publishAll([moving.made(moving.ids.length)]);
        const before = new Set(moving.ids);
        const moved = new Set<number>();
        const turnedBack = new Set<number>();
        const pages = await walkHttp(world, { ...order, limit }, {}, async () => {
          const now = (changes.shift() ?? []).map((each) => ({ ...moving.event(each), kind: each.kind }));
          for (const { id, kind } of now) {
            if (kind === 'turnedBack') turnedBack.add(id);
            if (kind === 'moved' || order.sortBy === 'updatedAt') moved.add(id);
          }
          await publishAll(now.map(({ event }) => event));
        });
        const met = idsOf(pages);
        const times = (id: number) => met.filter((one) => one === id).length;
        const there = moving.ids.filter((id) => before.has(id));
        const stayed = there.filter((id) => !moved.has(id));
        expect(stayed.filter((id) => times(id) !== 1)).toEqual([]);
        // A change with a later time moves a token to the end of this order, so a walk towards that end meets it, and one from there does
        // not meet it twice.
        if (order.sortBy !== 'updatedAt') return;
        const wrong = order.sortDirection === 'asc' ? (id: number) => times(id) < 1 : (id: number) => times(id) > 1;
        expect(there.filter((id) => !turnedBack.has(id) && wrong(id))).toEqual([]);
      },
    );
    await fc.assert(walk, { numRuns: shortOrLong(25, 200) });
  }, 300_000);
});
