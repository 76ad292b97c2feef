import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ServiceError } from '#service-runtime/service-error.js';
import { ChangesReader, momentOf, pageOf, type Follower } from '../list-changes/changes-reader.js';
import { ChangePulse, type Moment } from '../reading/change-pulse.js';
import type { ReadModelState } from '../reading/reading.js';
import { changesEvent, completeEvent, HEARTBEAT } from './event-stream.js';
import {
  FollowChangesQuery,
  type FollowedChanges,
  type StayingCaller,
  type StreamEvent,
} from './follow-changes.query.js';

/** Proxies, and our own limit on stalled connections, cut one on which nothing moves for half a minute. */
const HEARTBEAT_MS = 15_000;

/** Reads changes as fast as the caller takes them. Then it waits for more, as {@link ChangePulse} does for all who wait. */
@QueryHandler(FollowChangesQuery)
export class FollowChangesHandler implements IQueryHandler<FollowChangesQuery> {
  constructor(
    private readonly reader: ChangesReader,
    private readonly pulse: ChangePulse,
  ) {}

  /** @throws {ServiceError} what a request for a page is answered with; later errors come with the events */
  async execute(query: FollowChangesQuery): Promise<FollowedChanges> {
    const rest = this.follow(query, await this.reader.followerOf(query));
    const first = await rest.next();
    if (first.done) throw new ServiceError(503, 'This instance is shutting down; connect again.');
    return { first: first.value, rest };
  }

  private async *follow(
    { request: { limit }, answerLimit, minPosition, caller }: FollowChangesQuery,
    start: Follower,
  ): AsyncGenerator<StreamEvent, void> {
    const leave = this.pulse.enter();
    try {
      let follower = start;
      for (let [isFirst, isTold] = [true, false]; this.goesOn(caller); isFirst = false) {
        const bounds = { limit, bytes: answerLimit.bytes };
        const reading = await this.reader.read(follower, bounds, isFirst ? minPosition : undefined);
        const page = pageOf(reading, follower, answerLimit);
        try {
          if (!page.isEmpty) yield { bytes: changesEvent(page), state: page.state };
          else if (!isTold) yield { bytes: completeEvent(page), state: page.state };
        } finally {
          page.held.release();
        }
        isTold = page.isEmpty;
        follower = { ...follower, soFar: follower.cursors.read(page.after) };
        if (page.isEmpty) yield* this.untilChanged(follower, momentOf(reading), page.state, caller);
      }
    } finally {
      leave();
    }
  }

  /** Shows meanwhile that the connection is alive. */
  private async *untilChanged(
    { customers }: Follower,
    start: Moment,
    state: ReadModelState,
    caller: StayingCaller,
  ): AsyncGenerator<StreamEvent, void> {
    let since: Moment | undefined = start;
    while (this.goesOn(caller)) {
      const until = performance.now() + Math.min(HEARTBEAT_MS, caller.expiresAt - Date.now());
      since = await this.pulse.whenChanged({ customers, since, until, gone: caller.gone });
      if (!since) return;
      yield { bytes: HEARTBEAT, state };
    }
  }

  /** @throws {ServiceError} 403 when the caller's JWT has expired */
  private goesOn({ gone, expiresAt }: StayingCaller): boolean {
    if (Date.now() >= expiresAt)
      throw new ServiceError(403, 'Your JWT has expired: connect again with a new one, from your last event on.');
    return !gone.aborted && !this.pulse.isEnding;
  }
}
