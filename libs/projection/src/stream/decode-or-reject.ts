import type { Decoded, Projection } from '../projection.js';
import type { HeaderEntries } from './message-headers.js';

const MARKER_HEADER = 'Nats-Marker-Reason';

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
    if (isMarker(payload, headers)) return { kind: 'skipped', type: MARKER_HEADER };
    return projection.decode(payload, headers);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'rejected', reason: `the projection failed at it: ${message}` };
  }
}

/** Whether it is a message of the server's own, which says nothing of the messages that it stands for. */
export function isOfServer(decoded: Decoded): boolean {
  return decoded.kind === 'skipped' && decoded.type === MARKER_HEADER;
}

/** From nats-server 2.11 on a stream may store a message of the server's own for each subject whose messages have all expired. */
function isMarker(payload: Uint8Array, headers: HeaderEntries): boolean {
  return payload.length === 0 && [...headers].some(([name]) => name === MARKER_HEADER);
}
