import type { Decoded } from '../projection.js';
import type { HeaderEntries } from './message-headers.js';

/** A message of the stream with the fields that the projector uses. */
export interface StreamMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: HeaderEntries;
  readonly payload: Uint8Array;
  /** Decoded on arrival, while the database works on the batch before. */
  readonly decoded: Decoded;
  /** The exact time when the server stored it, in nanoseconds since 1970. */
  readonly storedAtNanos: bigint;
}
