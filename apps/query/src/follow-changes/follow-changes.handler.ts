import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ServiceError } from '#service-runtime/service-error.js';
import type { ChangesPage } from '../list-changes/list-changes.query.js';
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

const GONE = new ServiceError(400, 'The connection was closed before the first event.');
const STOPPING = new ServiceError(503, 'This instance is shutting down; connect again.');

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
    if (first.done) throw query.caller.gone.aborted ? GONE : STOPPING;
    return { first: first.value, rest };
  }

  private async *follow(query: FollowChangesQuery, start: Follower): AsyncGenerator<StreamEvent, void> {
    const leave = this.pulse.places.take(start.tenant);
    const { caller } = query;
    try {
      let follower = start;
      let state: ReadModelState | undefined;
      for (let isTold = false; this.goesOn(caller);) {
        const found = await this.read(query, follower, state === undefined);
        if (!found) {
          if (state) yield { bytes: HEARTBEAT, state };
          continue;
        }
        const { page, moment } = found;
        state = page.state;
        try {
          if (!page.isEmpty) yield { bytes: changesEvent(page), state };
          else if (!isTold) yield { bytes: completeEvent(page), state };
        } finally {
          page.held.release();
        }
        isTold = page.isEmpty;
        follower = { ...follower, soFar: follower.cursors.read(page.after) };
        if (page.isEmpty) yield* this.untilChanged(follower, moment, state, caller);
      }
    } finally {
      leave();
    }
  }

  /**
   * By itself, so that nothing keeps the rows while their page is sent: the memory held then is that of the page.
   * @returns undefined: a page behind the first one could not be read, and may be read now
   */
  private async read(
    { request: { limit }, answerLimit, minPosition, caller: { gone } }: FollowChangesQuery,
    follower: Follower,
    isFirst: boolean,
  ): Promise<{ readonly page: ChangesPage; readonly moment: Moment } | undefined> {
    const bounds = { limit, bytes: answerLimit.bytes };
    const wanted = { gone, hasPlace: true };
    const reading = isFirst
      ? await this.reader.read(follower, bounds, { ...wanted, minPosition })
      : await this.reader.readLater(follower, bounds, wanted);
    return reading && { page: pageOf(reading, follower, limit, answerLimit), moment: momentOf(reading) };
  }

  /** Shows meanwhile that the connection is alive. */
  private async *untilChanged(
    { customers, tenant }: Follower,
    start: Moment,
    state: ReadModelState,
    caller: StayingCaller,
  ): AsyncGenerator<StreamEvent, void> {
    let since: Moment | undefined = start;
    while (this.goesOn(caller)) {
      const until = performance.now() + Math.min(HEARTBEAT_MS, caller.expiresAt - Date.now());
      since = await this.pulse.whenChanged({ customers, tenant, since, until, gone: caller.gone });
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
