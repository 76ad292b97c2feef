import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ChangePulse } from '../reading/change-pulse.js';
import { ensureLineage } from './change-cursors.js';
import { ChangesReader, momentOf, pageOf } from './changes-reader.js';
import { ListChangesQuery, type ChangesPage } from './list-changes.query.js';

@QueryHandler(ListChangesQuery)
export class ListChangesHandler implements IQueryHandler<ListChangesQuery> {
  constructor(
    private readonly reader: ChangesReader,
    private readonly pulse: ChangePulse,
  ) {}

  /**
   * @throws {ServiceError} 410 when the caller must begin again; 413 when the page is larger than its door allows; 503 while the live
   * generation is of a release without changes, or behind what the caller has read
   */
  async execute(query: ListChangesQuery): Promise<ChangesPage> {
    const { request, answerLimit, minPosition, gone } = query;
    const follower = await this.reader.followerOf(query);
    const { customers, tenant, soFar } = follower;
    const until = performance.now() + request.wait * 1_000;
    const bounds = { limit: request.limit, bytes: answerLimit.bytes };
    const caller = { minPosition, gone };
    for (let hasWaited = false; ; hasWaited = true) {
      const reading = hasWaited
        ? await this.reader.readLater(follower, bounds, caller, until)
        : await this.reader.read(follower, bounds, caller);
      if (!reading) continue;
      const isOver = performance.now() >= until || this.pulse.isEnding || gone?.aborted;
      if (reading.documents?.length !== 0 || isOver) return pageOf(reading, follower, request.limit, answerLimit);
      const since = momentOf(reading);
      reading.held.release();
      ensureLineage(soFar, since.lineage, reading.state);
      const leave = this.pulse.places.take(tenant);
      await this.pulse.whenChanged({ customers, tenant, since, until, gone }).finally(leave);
    }
  }
}
