import { Query } from '@nestjs/cqrs';
import type { Instant } from '#token-contract/instant.js';
import type { Scope } from '../auth/scope.js';
import type { HeldMemory } from '../reading/answer-memory.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import type { ReadModelState } from '../reading/reading.js';

/** A uid or a label as the caller wrote it. */
export interface AskedIdentifier {
  readonly kind: 'uid' | 'label';
  readonly text: string;
}

export interface ResolvedTokens {
  /** `{"data":[...]}` in UTF-8. */
  readonly json: Buffer;
  readonly state: ReadModelState;
  /** The handler's caller releases it when the answer has left the process. */
  readonly held: HeldMemory;
}

export class ResolveTokensQuery extends Query<ResolvedTokens> {
  constructor(
    /** In the order of the answer. */
    readonly identifiers: readonly AskedIdentifier[],
    readonly at: Instant,
    readonly scope: Scope,
    readonly answerLimit: AnswerLimit,
    /** The events up to this stream sequence are in the answer. */
    readonly minPosition: bigint | undefined,
  ) {
    super();
  }
}
