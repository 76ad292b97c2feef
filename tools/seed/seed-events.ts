import { GroupDraw } from './group-draw.js';
import { historyOf } from './history.js';
import { MembershipBatches } from './membership-batches.js';
import { SeedEvents, type SeedEvent } from './seed-event.js';
import type { SeedOptions } from './seed-options.js';
import { seedWorld } from './seed-world.js';
import { createdAtOf } from './timeline.js';
import { instant } from './token-state.js';

/** Memberships wait at most this long for others in their batch, counted in tokens. */
const DRAIN_EVERY = 20_000;

/**
 * The events of `tokens` realistic tokens with the ids 1 to `tokens`, made one by one on request: so the memory needed does not depend on
 * their number. The same options give the same events.
 */
export function* seedEvents(options: SeedOptions): Generator<SeedEvent, void, undefined> {
  const world = seedWorld(options);
  const groups = new GroupDraw(world);
  const batches = new MembershipBatches();
  const events = new SeedEvents(options);
  for (let id = 1; id <= options.tokens; id++) {
    for (const change of historyOf(world, id)) yield events.ofToken(change);
    // Later than the creation of every token in the batch, with a second between two changes.
    let time = createdAtOf(world, id, 1);
    for (const group of groups.groupsOf(id)) {
      const full = batches.add(group, id);
      if (full) yield events.ofGroup(full, instant((time += 1_000)));
    }
    if (id % DRAIN_EVERY !== 0 && id !== options.tokens) continue;
    for (const change of batches.drain()) yield events.ofGroup(change, instant((time += 1_000)));
  }
}
