/** Where messages were missing: after this sequence, and seen when the stream ended at `until`. After 0: where reading began. */
export interface Gap {
  readonly after: number;
  readonly until: number;
}

/** A stream and how far it was read. `stream` is null before the first batch ever. */
export interface Position {
  readonly generation: number;
  readonly stream: string | null;
  /** The server's `created` of the stream: another stream of the same name has another one. */
  readonly streamCreated: string | null;
  readonly sequence: number;
  readonly fingerprint: string | null;
  /** The last one met in a stream with a limit per subject. */
  readonly gap?: Gap | null;
}
