import { RETRY_AFTER_SECONDS, ServiceError } from '#service-runtime/service-error.js';
import { readHeaders } from './read-headers.js';
import { isOfAnotherStream, type ReadModelState } from './reading.js';

/**
 * The answer to a caller whose position the read model has not reached in time: what it has reached, why, and what to do.
 * @param afterMs the state was read so long after the request had arrived, or later
 */
export function notReached(state: ReadModelState, wanted: bigint, afterMs: number): ServiceError {
  return new ServiceError(503, messageOf(state, wanted, afterMs), {
    headers: readHeaders(state),
    logged: 'the read model has not reached the position of a request in time',
  });
}

function messageOf(state: ReadModelState, wanted: bigint, afterMs: number): string {
  const { position, lagMs, staleBecause } = state;
  if (isOfAnotherStream(state))
    return `The read model is at position ${position} of another stream (${staleBecause}), which says nothing about ${wanted}: its operators must act first.`;
  const at = `The read model is at position ${position}, not at ${wanted}`;
  if (staleBecause !== undefined)
    return `${at}, and is not kept up to date (${staleBecause}): its operators must act first.`;
  // It held everything that the stream held at a moment after the request had arrived.
  if (Number(lagMs) < afterMs)
    return `${at}, and the stream holds no later message: ${wanted} is beyond its end, or the sequence of another stream.`;
  return `${at} yet; try again in ${RETRY_AFTER_SECONDS} seconds.`;
}
