import type { Decoded, Projection } from '../projection.js';
import type { HeaderEntries } from './message-headers.js';

/**
 * If a projection throws at a message, the message counts as one that cannot be applied. Otherwise the error would reach the NATS client,
 * in the middle of its connection, which would then read nothing more.
 */
export function decodeOrReject(
  projection: Pick<Projection, 'decode'>,
  payload: Uint8Array,
  headers: HeaderEntries,
): Decoded {
  try {
    return projection.decode(payload, headers);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'rejected', reason: `the projection failed at it: ${message}` };
  }
}
