import type { TokenState } from '#token-contract/events.js';
import { labelOf } from './label.js';
import { edgeCaseOf } from './edge-cases.js';
import { Random } from './random.js';
import { PURPOSE, type SeedWorld } from './seed-world.js';
import { billingReference, comment } from './texts.js';
import { createdAtOf } from './timeline.js';
import { uidOf } from './uid.js';
import { validityOf } from './validity.js';

/** A token's last state, but always active: `history.ts` deactivates or deletes the token. */
export function activeState(world: SeedWorld, id: number): TokenState {
  const random = new Random(world.seed, id, PURPOSE.state);
  const customerId = world.customers.rank(random.fraction());
  const createdAt = createdAtOf(world, id, random.fraction());
  const { validFrom, expiresAt } = validityOf(random, world.at, createdAt);
  const { type, uid } = uidOf(world.seed, id);
  const hasApp = type === 'virtual' || (type === 'rfid' && random.chance(0.3));
  const edgeCase = edgeCaseOf(id);
  return {
    id,
    version: 1,
    customerId,
    identifier: {
      type,
      uid,
      label: labelOf(world.seed, id, type, customerId),
      appUserId: hasApp ? 10_000 + random.below(10_000_000) : null,
    },
    createdAt: instant(createdAt),
    updatedAt: instant(createdAt),
    validFrom: instant(validFrom),
    expiresAt: edgeCase?.expiresAt ?? (expiresAt === null ? null : instant(expiresAt)),
    isActive: true,
    roamingEnabled: random.chance(0.85),
    priorityChargingEnabled: random.chance(0.01),
    billingReference: billingReference(random),
    comment: edgeCase?.comment ?? comment(random),
  };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
