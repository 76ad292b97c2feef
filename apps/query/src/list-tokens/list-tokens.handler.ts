import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ServiceError } from '#service-runtime/service-error.js';
import { customersInScope } from '../auth/scope.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import { Cursors } from './cursor.js';
import { ListTokensQuery, type TokenPage } from './list-tokens.query.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { listTokensSql } from './list-tokens.sql.js';
import { pageJson, pageSize } from './page-json.js';
import { pageLinks } from './page-links.js';
import type { PageStart } from './page-start.js';

/** Joins stored documents as text. It parses the first and the last one only, for the cursors of the pages beside this one. */
@QueryHandler(ListTokensQuery)
export class ListTokensHandler implements IQueryHandler<ListTokensQuery> {
  constructor(private readonly reader: ReadModelReader) {}

  /** @throws {ServiceError} 413 when the page is larger than its door allows; the size is known before the page is built */
  async execute({ request, scope, answerLimit, minPosition }: ListTokensQuery): Promise<TokenPage> {
    const customers = customersInScope(scope, request.customerId);
    const cursors = new Cursors(await this.reader.key(), request, customers);
    const from = pageStart(request, cursors);
    const reading = await this.reader.read(
      (tables, wanted) => listTokensSql(tables, request, customers, wanted, from),
      { rows: request.limit, bytes: answerLimit.bytes },
      minPosition,
    );
    const { state, count, held, documents = [] } = reading;
    try {
      const json = jsonOf(reading, answerLimit);
      held.shrinkTo(json.length);
      return { json, count, state, held, links: pageLinks(request, from, documents, count, cursors) };
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

function jsonOf({ state, count, documents, bytes }: Reading, answerLimit: AnswerLimit): Buffer {
  const size = pageSize(bytes, count);
  if (!documents || size > answerLimit.bytes)
    throw answerLimit.refuse({ bytes: size, state, advice: 'ask again with a lower limit' });
  return pageJson(documents, count, size);
}
