/** How a stream can turn out not to be the one our position was read from. */
export const SOURCE_MISMATCHES = ['missing', 'recreated', 'rewound', 'purged', 'different-message'] as const;
export type SourceMismatch = (typeof SOURCE_MISMATCHES)[number];

/** Thrown when reading on would lose or mix events: the stream is not the one the position belongs to. */
export class SourceChanged extends Error {
  override readonly name = 'SourceChanged';

  constructor(
    readonly mismatch: SourceMismatch,
    message: string,
  ) {
    super(message);
  }
}
