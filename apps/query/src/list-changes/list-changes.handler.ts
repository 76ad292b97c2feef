import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope } from '../auth/scope.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import { ChangePulse, type Moment } from '../reading/change-pulse.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import { ChangeCursors, ensureLineage, type ReadSoFar } from './change-cursors.js';
import { changeRow, changesJson, changesSize, keyOfRow } from './changes-json.js';
import { ListChangesQuery, type ChangesPage } from './list-changes.query.js';
import { listChangesSql } from './list-changes.sql.js';

/** Where a caller is, and what it may see. */
interface Caller {
  readonly customers: readonly number[] | null;
  readonly cursors: ChangeCursors;
  readonly soFar: ReadSoFar;
}

@QueryHandler(ListChangesQuery)
export class ListChangesHandler implements IQueryHandler<ListChangesQuery> {
  constructor(
    private readonly reader: ReadModelReader,
    private readonly pulse: ChangePulse,
  ) {}

  /**
   * @throws {ServiceError} 410 when the caller must begin again; 413 when the page is larger than its door allows; 503 while the live
   * generation is of a release without changes
   */
  async execute(query: ListChangesQuery): Promise<ChangesPage> {
    const { request, scope, gone } = query;
    const customers = customersInScope(scope, undefined);
    const cursors = new ChangeCursors(await this.reader.key(), customers);
    const caller = { customers, cursors, soFar: cursors.read(request.after) };
    const until = performance.now() + request.wait * 1_000;
    for (;;) {
      const reading = await this.read(caller, query);
      const isOver = performance.now() >= until || this.pulse.isEnding || gone?.aborted;
      if (reading.documents?.length !== 0 || isOver) return pageOf(reading, caller, query.answerLimit);
      const since = momentOf(reading);
      reading.held.release();
      ensureLineage(caller.soFar, since.lineage, reading.state);
      await this.pulse.whenChanged({ customers, since, until, gone });
    }
  }

  private read(
    { customers, soFar }: Caller,
    { request: { limit }, answerLimit, minPosition }: ListChangesQuery,
  ): Promise<Reading> {
    return this.reader.read(
      (tables, wanted) => listChangesSql(tables, customers, { after: soFar.key, limit }, wanted),
      { rows: limit, bytes: answerLimit.bytes },
      minPosition,
    );
  }
}

/** When a page was read. The statement says it in place of a count. */
function momentOf({ count }: Reading): Moment {
  const [lineage = '', position, turns] = count.split('/');
  return { lineage, position: Number(position), turns: Number(turns) };
}

function pageOf(reading: Reading, { cursors, soFar }: Caller, answerLimit: AnswerLimit): ChangesPage {
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
    return { json, state, held };
  } catch (error) {
    held.release();
    throw error;
  }
}
