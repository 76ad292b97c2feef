import type { TokenState, TokenStateEvent } from '#token-contract/events.js';
import { historyOf } from '../../seed/history.js';
import { Random } from '../../seed/random.js';
import type { SeedEvent } from '../../seed/seed-event.js';
import type { SeedOptions } from '../../seed/seed-options.js';
import { seedWorld, type SeedWorld } from '../../seed/seed-world.js';
import { comment } from '../../seed/texts.js';
import { benchEvent } from './bench-event.js';

/** Shares of all updates; the others change texts only. */
export const SHARES = { flip: 0.1, move: 0.01, expiry: 0.2 } as const;

/** A prime: every token is updated once before one is updated again, and neighbours do not follow each other. */
const STRIDE = 7_368_787;
const YEAR = 365 * 86_400_000;
/** Separate from the numbers that the seed draws for the same tokens. */
const PURPOSE = 100;
const ALL_COLUMNS = 101;

/** Realistic changes of seeded tokens, all over the table. */
export class MixedUpdates {
  private readonly world: SeedWorld;
  private done = 0;

  constructor(options: SeedOptions) {
    this.world = seedWorld(options);
  }

  *next(count: number): Generator<SeedEvent> {
    for (let i = 0; i < count; i += 1) yield this.one();
  }

  /** Changes of every column that a list is filtered or sorted by, and of the texts that are searched. */
  *ofAllColumns(count: number): Generator<SeedEvent> {
    for (let i = 0; i < count; i += 1) yield this.one(allColumns(new Random(this.world.seed, this.done, ALL_COLUMNS)));
  }

  /** @param given values that the change must have */
  one(given: Partial<TokenState> = {}): SeedEvent {
    const id = 1 + (((this.done += 1) * STRIDE) % this.world.tokens);
    const state = historyOf(this.world, id).at(-1)!.data;
    const { type, change } = this.change(state, new Random(this.world.seed, this.done, PURPOSE));
    // Versions may have gaps, and the clock gives a higher version than any earlier update.
    const version = Date.now();
    return benchEvent(type, { ...state, ...change, ...given, version, updatedAt: new Date(version).toISOString() });
  }

  private change(
    { isActive }: TokenState,
    random: Random,
  ): { readonly type: TokenStateEvent['type']; readonly change: Partial<TokenState> } {
    const drawn = random.fraction();
    const { flip, move, expiry } = SHARES;
    if (drawn < flip)
      return { type: isActive ? 'token.deactivated' : 'token.activated', change: { isActive: !isActive } };
    if (drawn < flip + move) return updated({ customerId: this.world.customers.rank(random.fraction()) });
    const texts = { billingReference: `Bil ${random.below(10_000)}`, comment: comment(random) };
    if (drawn >= flip + move + expiry) return updated(texts);
    return updated({ ...texts, expiresAt: new Date(this.world.at + (1 + random.below(4)) * YEAR).toISOString() });
  }
}

function updated(change: Partial<TokenState>) {
  return { type: 'token.updated', change } as const;
}

function allColumns(random: Random): Partial<TokenState> {
  const second = () => new Date(Date.now() - random.below(YEAR / 1_000) * 1_000).toISOString();
  const code = String(random.below(1e9)).padStart(9, '0');
  return {
    customerId: 1 + random.below(5_000),
    createdAt: second(),
    validFrom: second(),
    expiresAt: new Date(Date.now() + random.below(YEAR / 1_000) * 1_000).toISOString(),
    isActive: random.below(2) === 0,
    identifier: { type: 'rfid', uid: `B${code}`, label: `Label ${code}`, appUserId: 1 + random.below(100_000) },
  };
}
