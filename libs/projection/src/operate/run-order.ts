import { ServiceError } from '#service-runtime/service-error.js';
import { orderFailure } from './order-failure.js';

/** `tokenctl` waits for one second longer, so it gets the refusal. */
const BEGIN_WITHIN_MS = 3_000;

const HELD_UP = new ServiceError(
  503,
  'The projector is held up by a long batch or by its database: nothing was begun, and nothing will be. Try again in a moment.',
);

/**
 * Carries out an operator's order. It may have to wait for a batch or for the database. An operator without an answer orders again, or
 * orders something else; so an order that has not begun in time is refused, and never begins.
 * @param carryOut calls `begin` directly before it changes anything, and changes nothing if that throws
 * @param tool the operators' command line, for messages
 * @throws {ServiceError} 503 if it has not begun in time, or if the database, NATS or the lease was lost
 */
export async function runOrder<T>(carryOut: (begin: () => void) => Promise<T>, tool: string): Promise<T> {
  let isBegun = false;
  let isRefused = false;
  const begin = () => {
    if (isRefused) throw HELD_UP;
    isBegun = true;
  };
  let timer: NodeJS.Timeout | undefined;
  const refusal = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      if (isBegun) return;
      isRefused = true;
      reject(HELD_UP);
    }, BEGIN_WITHIN_MS);
  });
  try {
    return await Promise.race([carryOut(begin), refusal]);
  } catch (error) {
    throw orderFailure(error, isBegun, tool);
  } finally {
    clearTimeout(timer);
  }
}
