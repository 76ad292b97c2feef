import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '#service-runtime/service-error.js';
import { within } from '#service-runtime/waiting.js';
import type { Engine } from '../engine.js';
import { NoLongerLeads, type Leadership } from '../run/leadership.js';
import type { ProjectorState } from '../run/projector-state.js';
import { checkLease, LeaseLost } from '../store/lease.js';

/** By then the projector that leads has answered, or has refused an order that it could not begin. `tokenctl` waits longer. */
const ANSWERED_AFTER_MS = 3_500;
const CHECKED_WITHIN_MS = 500;

/**
 * Lets the projector that leads answer first. An order reaches all projectors, and one that has lost the lease may not know it yet. The
 * first answer counts: an operator who reads its refusal would order again what the other one has carried out.
 * @param carryOut carries out the order in this process, which believes that it leads
 */
export async function deferToLeader<T>(engine: Engine, state: ProjectorState, carryOut: () => Promise<T>): Promise<T> {
  const { leading } = state;
  const askedAt = performance.now();
  try {
    return await carryOut();
  } catch (error) {
    if (!(error instanceof NoLongerLeads) && !(isOfTheState(error) && (await isLost(engine, leading ?? state.leading))))
      throw error;
    await sleep(Math.max(0, ANSWERED_AFTER_MS - (performance.now() - askedAt)));
    throw error instanceof NoLongerLeads ? error : new NoLongerLeads(error);
  }
}

/** Whether it is refused for the state of the read model, which another projector may have changed by this very order. */
function isOfTheState(error: unknown): boolean {
  return error instanceof ServiceError && error.statusCode === 409;
}

async function isLost({ pool }: Engine, leading: Leadership | undefined): Promise<boolean> {
  if (!leading) return false;
  let isLost = false;
  const check = checkLease(pool, leading.lease).catch((error: unknown) => (isLost = error instanceof LeaseLost));
  await within(CHECKED_WITHIN_MS, check);
  return isLost;
}
