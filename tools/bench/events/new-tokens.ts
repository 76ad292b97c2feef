import type { SeedEvent } from '../../seed/seed-event.js';
import type { SeedOptions } from '../../seed/seed-options.js';
import { seedWorld } from '../../seed/seed-world.js';
import { activeState } from '../../seed/token-state.js';
import { benchEvent } from './bench-event.js';

/** New tokens, drawn like those of the seed, with ids after theirs. */
export class NewTokens {
  private last: number;

  constructor(private readonly options: SeedOptions) {
    this.last = options.tokens;
  }

  /** Ids rise from one call to the next. */
  *next(count: number): Generator<SeedEvent> {
    const world = seedWorld(this.options);
    for (let i = 0; i < count; i += 1) {
      const now = new Date().toISOString();
      const state = activeState(world, (this.last += 1));
      yield benchEvent('token.created', { ...state, createdAt: now, updatedAt: now, validFrom: now });
    }
  }

  /** The range of the latest ids, this many. */
  latest(count: number): { readonly from: number; readonly to: number } {
    return { from: this.last - count + 1, to: this.last };
  }
}
