import { setTimeout as sleep } from 'node:timers/promises';
import { NoLongerLeads } from '../run/leadership.js';
import type { ProjectorState } from '../run/projector-state.js';

/** Shorter than an order may take to begin, so that one that has waited here can still begin in time. */
const LEADS_AGAIN_WITHIN_MS = 2_500;
const POLL_MS = 20;

/**
 * A projector that leads begins its session again after a failure. An order that arrives meanwhile waits for that: no other projector
 * would answer it.
 * @throws {NoLongerLeads} if it does not lead again in time
 */
export async function untilItLeads(state: ProjectorState): Promise<void> {
  const { interrupted } = state;
  if (!interrupted) return;
  const until = performance.now() + LEADS_AGAIN_WITHIN_MS;
  while (state.interrupted && performance.now() < until) await sleep(POLL_MS);
  if (state.interrupted) {
    const reason = state.problem ?? 'interrupted';
    const message = `The projector does not lead at the moment (${reason}): unless another one leads by now, nothing was begun, and nothing will be. Try again in a moment.`;
    throw new NoLongerLeads(undefined, message);
  }
  // A projector that led in between got this order too, and has carried it out.
  if (BigInt(state.mustLead().lease.epoch) !== BigInt(interrupted.lease.epoch) + 1n) throw new NoLongerLeads();
}
