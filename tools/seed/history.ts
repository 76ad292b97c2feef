import type { TokenState, TokenStateEvent } from '#token-contract/events.js';
import { Random } from './random.js';
import { PURPOSE, type SeedWorld } from './seed-world.js';
import { billingReference } from './texts.js';
import { importedAt } from './timeline.js';
import { activeState, instant } from './token-state.js';

export interface TokenChange {
  readonly type: TokenStateEvent['type'];
  readonly data: TokenState;
}

interface Step {
  readonly type: Exclude<TokenStateEvent['type'], 'token.created'>;
  readonly at: number;
}

/**
 * The history of one token, oldest first: it was created, some tokens were updated, 12 % became inactive, a third of these were deleted.
 */
export function historyOf(world: SeedWorld, id: number): TokenChange[] {
  const random = new Random(world.seed, id, PURPOSE.history);
  const last = activeState(world, id);
  const steps = stepsOf(world, id, random, Date.parse(last.createdAt));
  let state = steps.some(({ type }) => type === 'token.updated') ? beforeUpdate(world, random, last) : last;
  const changes: TokenChange[] = [{ type: 'token.created', data: state }];
  for (const { type, at } of steps) {
    state = {
      ...(type === 'token.updated' ? { ...last, isActive: state.isActive } : { ...state, isActive: false }),
      version: state.version + 1,
      updatedAt: instant(at),
    };
    changes.push({ type, data: state });
  }
  return changes;
}

function stepsOf(world: SeedWorld, id: number, random: Random, createdAt: number): Step[] {
  const steps: Step[] = [];
  const fate = random.fraction();
  const later = (from: number) => Math.ceil(from + random.fraction() * (world.at - from));
  const updated = random.chance(0.08) ? later(createdAt) : undefined;
  const imported = fate < 0.04 ? undefined : importedAt(world, id);
  if (updated !== undefined && imported === undefined) steps.push({ type: 'token.updated', at: updated });
  // An import comes last: it gives a whole block of ids the same `updatedAt`, including inactive tokens.
  const end = Math.min(later(updated ?? createdAt), imported ?? Infinity);
  if (fate < 0.04) steps.push({ type: 'token.deleted', at: end });
  else if (fate < 0.12) steps.push({ type: 'token.deactivated', at: end });
  if (imported !== undefined) steps.push({ type: 'token.updated', at: imported });
  return steps;
}

/** One update in a hundred moved the token to another customer. */
function beforeUpdate(world: SeedWorld, random: Random, last: TokenState): TokenState {
  const customerId = random.chance(0.01) ? world.customers.rank(random.fraction()) : last.customerId;
  return { ...last, customerId, billingReference: billingReference(random) };
}
