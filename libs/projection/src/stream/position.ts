/**
 * A gap in the stream: it begins after the sequence `after`, and the stream ended at `until` when the gap was seen. `after` 0: reading
 * began there, or an operator has said that nothing up to `until` is lost.
 */
export interface Gap {
  readonly after: number;
  readonly until: number;
}

/**
 * What a stream may hide later, although it is still another one, or still lacks messages: it grows, its limits are changed, or the
 * messages that showed the difference are removed. `rewound` stands for `different-message` too. Its name and its `created` always show.
 */
export type SourceDoubt = 'rewound' | 'purged';

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
  /** The lowest limit of messages per subject under which the stream is known to have got messages after the position. */
  readonly subjectLimit?: number | null;
  /** The forms of subjects on which events up to the position came, as far as is known, see {@link formOf}. */
  readonly eventForms?: readonly string[] | null;
  /** What the stream has to disprove before it counts as this position's again. */
  readonly doubts?: readonly SourceDoubt[];
}

/** A place in a stream; without a fingerprint if the stream may hold no message there. */
export type Place = Pick<Position, 'sequence' | 'fingerprint'>;
