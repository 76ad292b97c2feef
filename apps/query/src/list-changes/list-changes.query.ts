import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { HeldMemory } from '../reading/answer-memory.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import type { ReadModelState } from '../reading/reading.js';
import type { ListChangesRequest } from './list-changes.request.js';

/** Some changes, ready to send. */
export interface ChangesPage {
  /** `{"data":[...],"after":"..."}` in UTF-8. */
  readonly json: Buffer;
  /** Where to go on. */
  readonly after: string;
  /** Whether the caller has everything. */
  readonly isEmpty: boolean;
  readonly state: ReadModelState;
  /** The memory of the page. The handler's caller releases it when the page has left the process. */
  readonly held: HeldMemory;
}

export class ListChangesQuery extends Query<ChangesPage> {
  constructor(
    readonly request: ListChangesRequest,
    readonly scope: Scope,
    readonly answerLimit: AnswerLimit,
    /** The events up to this stream sequence are in the answer. */
    readonly minPosition: bigint | undefined,
    /** Ends the wait for a change: the caller has gone. */
    readonly gone?: AbortSignal,
  ) {
    super();
  }
}
