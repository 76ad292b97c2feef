/** The reasons why the stream is not the one our position belongs to. */
export const SOURCE_MISMATCHES = ['missing', 'recreated', 'rewound', 'purged', 'different-message'] as const;
export type SourceMismatch = (typeof SOURCE_MISMATCHES)[number];

/**
 * Those that a stream may hide later, although it is still another one: it grows, its limits are changed, or the messages that showed the
 * difference are removed. Its name and its `created` always show.
 */
export type LastingMismatch = Exclude<SourceMismatch, 'missing' | 'recreated'>;

/** Thrown if reading on would lose or mix events: the position does not belong to this stream. */
export class SourceChanged extends Error {
  override readonly name = 'SourceChanged';

  /** @param isSetting whether a setting of the stream, which may be mended, makes it look like another one */
  constructor(
    readonly mismatch: SourceMismatch,
    message: string,
    private readonly isSetting = false,
  ) {
    super(message);
  }

  /** What must not be forgotten until the stream proves to be the right one, after what was known `before`. */
  lasting(before: LastingMismatch | null = null): LastingMismatch | null {
    const { mismatch } = this;
    if (mismatch === 'missing' || mismatch === 'recreated' || this.isSetting) return before;
    // Of a stream that has another history, nothing that it lacks says more.
    return mismatch === 'purged' && before !== null ? before : mismatch;
  }
}
