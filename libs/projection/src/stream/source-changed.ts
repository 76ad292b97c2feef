/** The reasons why the stream is not the one our position belongs to. */
export const SOURCE_MISMATCHES = ['missing', 'recreated', 'rewound', 'purged', 'different-message'] as const;
export type SourceMismatch = (typeof SOURCE_MISMATCHES)[number];

/** Thrown if reading on would lose or mix events: the position does not belong to this stream. */
export class SourceChanged extends Error {
  override readonly name = 'SourceChanged';

  constructor(
    readonly mismatch: SourceMismatch,
    message: string,
  ) {
    super(message);
  }
}
