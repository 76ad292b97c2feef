import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ServiceError } from '#service-runtime/service-error.js';
import { customersInScope } from '../auth/scope.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import { snapshotSql } from '../reading/snapshot.sql.js';
import { hasTag, listTag } from '../polling/entity-tag.js';
import { countAndState, withVisibleState } from '../polling/visible-state.sql.js';
import { Cursors } from './cursor.js';
import { ListTokensQuery, type TokenPage } from './list-tokens.query.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { listParts } from './list-tokens.sql.js';
import { pageJson, pageSize } from './page-json.js';
import { pageLinks } from './page-links.js';
import type { PageStart } from './page-start.js';

/** Joins stored documents as text. It parses the first and the last one only, for the cursors of the pages beside this one. */
@QueryHandler(ListTokensQuery)
export class ListTokensHandler implements IQueryHandler<ListTokensQuery> {
  constructor(private readonly reader: ReadModelReader) {}

  /** @throws {ServiceError} 413 when the page is larger than its door allows; the size is known before the page is built */
  async execute({ request, scope, answerLimit, minPosition, isTagged }: ListTokensQuery): Promise<TokenPage> {
    const customers = customersInScope(scope, request.customerId);
    const cursors = new Cursors(await this.reader.key(), request, customers);
    const from = pageStart(request, cursors);
    const reading = await this.reader.read(
      (tables, wanted, schemaVersion) => {
        const parts = listParts(tables, request, customers, from);
        const visible = { tables, schemaVersion, customers };
        return snapshotSql(tables, isTagged && hasTag(request) ? withVisibleState(parts, visible) : parts, wanted);
      },
      { rows: request.limit, bytes: answerLimit.bytes },
      minPosition,
    );
    const { held, documents = [] } = reading;
    const { count, state } = countAndState(reading.count);
    try {
      const json = jsonOf(reading, count, answerLimit);
      held.shrinkTo(json.length);
      const links = pageLinks(request, from, documents, count, cursors);
      return { json, count, state: reading.state, held, links, tag: listTag(request, customers, state) };
    } catch (error) {
      held.release();
      throw error;
    }
  }
}

/** @throws {ServiceError} 400 for a cursor of another list, or with an offset */
function pageStart({ cursor, offset }: ListTokensRequest, cursors: Cursors): PageStart | undefined {
  if (cursor === undefined) return undefined;
  if (offset === 0) return cursors.read(cursor);
  const message = 'cannot be combined with cursor';
  throw new ServiceError(400, `offset ${message}.`, { details: [{ param: 'offset', message }] });
}

function jsonOf({ state, documents, bytes }: Reading, count: string, answerLimit: AnswerLimit): Buffer {
  const size = pageSize(bytes, count);
  if (!documents || size > answerLimit.bytes)
    throw answerLimit.refuse({ bytes: size, state, advice: 'ask again with a lower limit' });
  return pageJson(documents, count, size);
}
