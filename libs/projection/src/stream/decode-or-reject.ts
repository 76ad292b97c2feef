import type { Decoded, Projection } from '../projection.js';
import type { HeaderEntries } from './message-headers.js';

/**
 * A message at which a projection throws is one that cannot be applied. Thrown on, the failure would end up in the NATS client, in the
 * middle of its connection, which hears nothing more from then on.
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
