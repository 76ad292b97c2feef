import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { ListChangesRequest } from '../list-changes/list-changes.request.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import type { ReadModelState } from '../reading/reading.js';

/** A text of `text/event-stream`, and the state in which it was read. */
export interface StreamEvent {
  readonly bytes: readonly Buffer[];
  readonly state: ReadModelState;
}

/** The changes for a caller who stays connected. */
export interface FollowedChanges {
  readonly first: StreamEvent;
  /**
   * Reads the next event when it is asked for; then the memory of the one before is released. It ends when the process stops, and
   * throws what a request would be answered with. A caller that has asked for the first event must return it.
   */
  readonly rest: AsyncGenerator<StreamEvent, void>;
}

export interface StayingCaller {
  /** Aborted when the caller has gone. */
  readonly gone: AbortSignal;
  /** When its JWT is no longer valid, in milliseconds since 1970. */
  readonly expiresAt: number;
}

export class FollowChangesQuery extends Query<FollowedChanges> {
  constructor(
    /** `limit`: how many changes an event has at most. */
    readonly request: ListChangesRequest,
    readonly scope: Scope,
    readonly answerLimit: AnswerLimit,
    /** The first event holds the events up to this stream sequence. */
    readonly minPosition: bigint | undefined,
    readonly caller: StayingCaller,
  ) {
    super();
  }
}
