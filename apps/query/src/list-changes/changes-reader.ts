import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { RETRY_AFTER_SECONDS, ServiceError } from '#service-runtime/service-error.js';
import { customersInScope, tenantOf } from '../auth/scope.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import { ChangePulse, type Moment } from '../reading/change-pulse.js';
import { isPassing } from '../reading/read-failure.js';
import { REACHED_WITHIN_MS, ReadModelReader } from '../reading/read-model-reader.js';
import { readHeaders } from '../reading/read-headers.js';
import type { Reading, ReadModelState } from '../reading/reading.js';
import { ChangeCursors, ensureLineage, type ReadSoFar } from './change-cursors.js';
import { changesSize, pageRows } from './changes-json.js';
import type { ChangesPage, ListChangesQuery } from './list-changes.query.js';
import { listChangesSql } from './list-changes.sql.js';
import { SharedReadings } from './shared-readings.js';

/** All who wait wake at the same change: they must not come back together. */
const PAUSE_MS = { least: 200, most: 600 };

/** Where a caller is, and what it may see. */
export interface Follower {
  readonly customers: readonly number[] | null;
  readonly tenant: string | undefined;
  readonly cursors: ChangeCursors;
  readonly soFar: ReadSoFar;
}

/** How much a page of changes may have. */
export interface PageBounds {
  readonly limit: number;
  readonly bytes: number;
}

/** Who reads a page of changes. */
export interface ReadingCaller {
  readonly minPosition?: bigint | undefined;
  readonly gone: AbortSignal | undefined;
  /** Whether it has a place among those who wait. */
  readonly hasPlace?: boolean;
}

/** Reads the changes behind the place to which a caller has read. */
@Injectable()
export class ChangesReader {
  private readonly shared = new SharedReadings();

  constructor(
    private readonly reader: ReadModelReader,
    private readonly pulse: ChangePulse,
  ) {}

  /** @throws {ServiceError} 400 or 410 as {@link ChangeCursors.read} */
  async followerOf({ scope, request }: Pick<ListChangesQuery, 'scope' | 'request'>): Promise<Follower> {
    const customers = customersInScope(scope, undefined);
    const cursors = new ChangeCursors(await this.reader.key(), customers);
    return { customers, tenant: tenantOf(scope), cursors, soFar: cursors.read(request.after) };
  }

  /**
   * Waits for a moment where the caller has read further than the tables are here.
   * @throws {ServiceError} 503 while the live generation is of a release without changes, or has not reached in time the position, or what
   * the caller has read
   */
  async read(
    follower: Follower,
    bounds: PageBounds,
    { minPosition, gone, hasPlace = false }: ReadingCaller,
  ): Promise<Reading> {
    const { tenant, soFar } = follower;
    const until = performance.now() + REACHED_WITHIN_MS;
    for (;;) {
      const reading = await this.readOnce(follower, bounds, minPosition);
      const since = momentOf(reading);
      if (!isBehind(since, soFar)) return reading;
      reading.held.release();
      if (performance.now() >= until || this.pulse.isEnding || gone?.aborted) throw notSoFar(reading.state);
      const leave = hasPlace ? () => undefined : this.pulse.places.take(tenant);
      await this.pulse
        .whenChanged({ customers: [], tenant: undefined, since, reached: soFar.at, until, gone })
        .finally(leave);
    }
  }

  /** A change wakes many callers who want the same page. Those who want a certain position wait for it, each for its own. */
  private readOnce(
    { customers, tenant, cursors: { scope }, soFar }: Follower,
    { limit, bytes }: PageBounds,
    minPosition: bigint | undefined,
  ): Promise<Reading> {
    const read = () =>
      this.reader.read(
        (tables, wanted) => listChangesSql(tables, customers, { soFar, limit }, wanted),
        { rows: limit, bytes, tenant },
        minPosition,
      );
    if (minPosition !== undefined) return read();
    // Who was given the same change last has the same to come, at whatever moment it had everything.
    const { position, turn, id } = soFar.key;
    return this.shared.read([scope, soFar.at?.lineage, position, turn, id, limit, bytes].join(), read);
  }

  /**
   * As {@link read}, for a caller who has waited for a change. It can wait on, so it is no victim of a rush of requests, or of a replica
   * that catches up.
   * @param until by `performance.now()`: after it, the failure counts
   * @returns undefined after a pause: the page could not be read, and may be read now
   */
  async readLater(
    follower: Follower,
    bounds: PageBounds,
    caller: ReadingCaller,
    until = Infinity,
  ): Promise<Reading | undefined> {
    try {
      return await this.read(follower, bounds, caller);
    } catch (error) {
      const left = until - performance.now();
      if (left <= 0 || this.pulse.isEnding || caller.gone?.aborted || !isPassing(error)) throw error;
      const pause = PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least);
      await sleep(Math.min(left, pause), undefined, { signal: caller.gone }).catch(() => undefined);
      return undefined;
    }
  }
}

/** When a page was read. The statement says it in place of a count. */
export function momentOf({ count }: Reading): Moment {
  const [lineage = '', position, turns] = count.split('/');
  return { lineage, position: Number(position), turns: Number(turns) };
}

/**
 * Whether the caller has read at a later moment, from an instance whose replica is ahead of this one. What changed again before that moment
 * is older than `after` here, so nobody could say that the caller has everything.
 */
function isBehind({ lineage, position, turns }: Moment, { at }: ReadSoFar): boolean {
  return at?.lineage === lineage && (at.position > position || at.turns > turns);
}

/**
 * @throws {ServiceError} 410 when the caller must begin again; 413 when the page is larger than its door allows: its memory is released
 */
export function pageOf(
  reading: Reading,
  { cursors, soFar }: Follower,
  limit: number,
  answerLimit: AnswerLimit,
): ChangesPage {
  const { state, held, documents, bytes } = reading;
  try {
    const moment = momentOf(reading);
    ensureLineage(soFar, moment.lineage, state);
    const rows = pageRows(documents);
    const after = cursors.write({
      at: moment,
      key: rows.last ?? soFar.key,
      hadAll: (documents?.length ?? limit) < limit,
    });
    const size = changesSize(bytes, after);
    if (!documents || size > answerLimit.bytes)
      throw answerLimit.refuse({ bytes: size, state, advice: 'ask again with a lower limit' });
    const json = rows.json(after);
    held.shrinkTo(json.length);
    return { json, after, isEmpty: documents.length === 0, state, held };
  } catch (error) {
    held.release();
    throw error;
  }
}

function notSoFar(state: ReadModelState): ServiceError {
  const message = `This instance is at position ${state.position}, and after was given by one that was further: try again in ${RETRY_AFTER_SECONDS} seconds.`;
  return new ServiceError(503, message, { headers: readHeaders(state) });
}
