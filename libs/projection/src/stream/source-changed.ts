import type { Position, SourceDoubt } from './position.js';

/** The reasons why the stream is not the one our position belongs to. */
export const SOURCE_MISMATCHES = ['missing', 'recreated', 'rewound', 'purged', 'different-message'] as const;
export type SourceMismatch = (typeof SOURCE_MISMATCHES)[number];

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

  /** What must not be forgotten until the stream disproves it. Who has applied nothing yet may begin with any stream. */
  doubts({ sequence, doubts = [] }: Pick<Position, 'sequence' | 'doubts'>): readonly SourceDoubt[] {
    const doubt = DOUBTS[this.mismatch];
    if (!doubt || this.isSetting || sequence === 0 || doubts.includes(doubt)) return doubts;
    return [...doubts, doubt];
  }
}

const DOUBTS: Readonly<Partial<Record<SourceMismatch, SourceDoubt>>> = {
  rewound: 'rewound',
  'different-message': 'rewound',
  purged: 'purged',
};
