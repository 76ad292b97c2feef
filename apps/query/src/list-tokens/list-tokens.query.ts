import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { HeldMemory } from '../reading/answer-memory.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import type { ReadModelState } from '../reading/reading.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import type { PageLinks } from './page-links.js';

/** One page of the list, ready to send. */
export interface TokenPage {
  /** `{"data":[...],"count":n}` in UTF-8. */
  readonly json: Buffer;
  readonly links: PageLinks;
  /** Of the page, if the caller wants one and there is one: answers with the same tag are the same. */
  readonly tag: string | undefined;
  /** The number of tokens that match, independent of offset and limit. */
  readonly count: string;
  readonly state: ReadModelState;
  /** The memory of the page. The handler's caller releases it when the page has left the process. */
  readonly held: HeldMemory;
}

export class ListTokensQuery extends Query<TokenPage> {
  constructor(
    readonly request: ListTokensRequest,
    readonly scope: Scope,
    readonly answerLimit: AnswerLimit,
    /** The events up to this stream sequence are in the answer. */
    readonly minPosition: bigint | undefined,
    readonly isTagged = false,
  ) {
    super();
  }
}
