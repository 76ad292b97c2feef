import type { Decoded } from '../projection.js';
import type { HeaderEntries } from './message-headers.js';

/** One message of the stream, as far as the projector is concerned. */
export interface StreamMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: HeaderEntries;
  readonly payload: Uint8Array;
  /** Decoded when it arrives, while the database works on the batch before. */
  readonly decoded: Decoded;
  /** When the server stored it; nanoseconds since 1970, exactly. */
  readonly storedAtNanos: bigint;
}
