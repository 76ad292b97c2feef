import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope } from '../auth/scope.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import { ListTokensQuery, type TokenPage } from './list-tokens.query.js';
import { listTokensSql } from './list-tokens.sql.js';
import { pageJson, pageSize } from './page-json.js';

/** Joins stored documents as text: it parses, maps and stringifies no row. */
@QueryHandler(ListTokensQuery)
export class ListTokensHandler implements IQueryHandler<ListTokensQuery> {
  constructor(private readonly reader: ReadModelReader) {}

  /** @throws {ServiceError} 413 when the page is larger than its door allows; the size is known before the page is built */
  async execute({ request, scope, answerLimit, minPosition }: ListTokensQuery): Promise<TokenPage> {
    const customers = customersInScope(scope, request.customerId);
    const reading = await this.reader.read(
      (tables, wanted) => listTokensSql(tables, request, customers, wanted),
      { rows: request.limit, bytes: answerLimit.bytes },
      minPosition,
    );
    const { state, count, held } = reading;
    try {
      const json = jsonOf(reading, answerLimit);
      held.shrinkTo(json.length);
      return { json, count, state, held };
    } catch (error) {
      held.release();
      throw error;
    }
  }
}

function jsonOf({ state, count, documents, bytes }: Reading, answerLimit: AnswerLimit): Buffer {
  const size = pageSize(bytes, count);
  if (!documents || size > answerLimit.bytes)
    throw answerLimit.refuse({ bytes: size, state, advice: 'ask again with a lower limit' });
  return pageJson(documents, count, size);
}
