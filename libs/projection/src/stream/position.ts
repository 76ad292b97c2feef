import type { LastingMismatch } from './source-changed.js';

/**
 * A gap in the stream: it begins after the sequence `after`, and the stream ended at `until` when the gap was seen. `after` 0: reading
 * began there.
 */
export interface Gap {
  readonly after: number;
  readonly until: number;
}

/** A stream and how far it was read. `stream` is null before the first batch ever. */
export interface Position {
  readonly generation: number;
  readonly stream: string | null;
  /** The server's `created` of the stream: another stream with the same name has another value. */
  readonly streamCreated: string | null;
  readonly sequence: number;
  readonly fingerprint: string | null;
  /** The last gap found in a stream with a limit per subject. */
  readonly gap?: Gap | null;
  /** How the stream was last seen to differ, until the messages that it then holds prove that it is this position's stream again. */
  readonly mismatch?: LastingMismatch | null;
}

/** A place in a stream; without a fingerprint if the stream may hold no message there. */
export type Place = Pick<Position, 'sequence' | 'fingerprint'>;
