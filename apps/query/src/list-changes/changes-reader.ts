import { Injectable } from '@nestjs/common';
import { customersInScope } from '../auth/scope.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import type { Moment } from '../reading/change-pulse.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import { ChangeCursors, ensureLineage, type ReadSoFar } from './change-cursors.js';
import { changeRow, changesJson, changesSize, keyOfRow } from './changes-json.js';
import type { ChangesPage, ListChangesQuery } from './list-changes.query.js';
import { listChangesSql } from './list-changes.sql.js';

/** Where a caller is, and what it may see. */
export interface Follower {
  readonly customers: readonly number[] | null;
  readonly cursors: ChangeCursors;
  readonly soFar: ReadSoFar;
}

/** Reads the changes behind the place to which a caller has read. */
@Injectable()
export class ChangesReader {
  constructor(private readonly reader: ReadModelReader) {}

  /** @throws {ServiceError} 400 or 410 as {@link ChangeCursors.read} */
  async followerOf({ scope, request }: Pick<ListChangesQuery, 'scope' | 'request'>): Promise<Follower> {
    const customers = customersInScope(scope, undefined);
    const cursors = new ChangeCursors(await this.reader.key(), customers);
    return { customers, cursors, soFar: cursors.read(request.after) };
  }

  /** @throws {ServiceError} 503 while the live generation is of a release without changes, or has not reached the position in time */
  read(
    { customers, soFar }: Follower,
    { limit, bytes }: { readonly limit: number; readonly bytes: number },
    minPosition: bigint | undefined,
  ): Promise<Reading> {
    return this.reader.read(
      (tables, wanted) => listChangesSql(tables, customers, { after: soFar.key, limit }, wanted),
      { rows: limit, bytes },
      minPosition,
    );
  }
}

/** When a page was read. The statement says it in place of a count. */
export function momentOf({ count }: Reading): Moment {
  const [lineage = '', position, turns] = count.split('/');
  return { lineage, position: Number(position), turns: Number(turns) };
}

/** @throws {ServiceError} 410 when the caller must begin again; 413 when the page is larger than its door allows: its memory is released */
export function pageOf(reading: Reading, { cursors, soFar }: Follower, answerLimit: AnswerLimit): ChangesPage {
  const { state, held, documents, bytes } = reading;
  try {
    const { lineage } = momentOf(reading);
    ensureLineage(soFar, lineage, state);
    const rows = documents?.map(changeRow) ?? [];
    const last = rows.at(-1);
    const after = cursors.write(lineage, last ? keyOfRow(last) : soFar.key);
    const size = changesSize(bytes, after);
    if (!documents || size > answerLimit.bytes)
      throw answerLimit.refuse({ bytes: size, state, advice: 'ask again with a lower limit' });
    const json = changesJson(rows, after);
    held.shrinkTo(json.length);
    return { json, after, isEmpty: rows.length === 0, state, held };
  } catch (error) {
    held.release();
    throw error;
  }
}
