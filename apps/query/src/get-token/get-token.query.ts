import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { HeldMemory } from '../reading/answer-memory.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import type { ReadModelState } from '../reading/reading.js';

export interface FoundToken {
  /** The token object, in UTF-8. */
  readonly json: Buffer;
  readonly state: ReadModelState;
  /** If the caller wants one and there is one: answers with the same tag are the same. */
  readonly tag: string | undefined;
  /** The handler's caller releases it when the token has left the process. */
  readonly held: HeldMemory;
}

export class GetTokenQuery extends Query<FoundToken> {
  constructor(
    readonly id: number,
    readonly scope: Scope,
    readonly answerLimit: AnswerLimit,
    /** The events up to this stream sequence are in the answer. */
    readonly minPosition: bigint | undefined,
    readonly isTagged = false,
  ) {
    super();
  }
}
