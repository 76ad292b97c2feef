import { Injectable } from '@nestjs/common';
import { ServiceError } from '#service-runtime/service-error.js';
import { hasTag, listTag } from '../polling/entity-tag.js';
import { countAndState, withVisibleState } from '../polling/visible-state.sql.js';
import { tenantOf } from '../auth/scope.js';
import type { AnswerLimit } from '../reading/answer-limits.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import { snapshotSql } from '../reading/snapshot.sql.js';
import { Cursors } from './cursor.js';
import type { ListTokensQuery, TokenPage } from './list-tokens.query.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import { listParts } from './list-tokens.sql.js';
import { pageJson, pageSize } from './page-json.js';
import { pageLinks } from './page-links.js';
import type { PageStart } from './page-start.js';

/** Whose list it is, and what it is called. */
export interface WantedList {
  readonly name: string;
  /** null: all customers. */
  readonly customers: readonly number[] | null;
  /** Whether the state of what these customers' tokens show is wanted, too. */
  readonly withState: boolean;
}

/** A page as it was read, with the state of everything that it may show; undefined where the tables tell none. */
export type ReadPage = TokenPage & { readonly visible: string | undefined };

/** Joins stored documents as text. It parses the first and the last one only, for the cursors of the pages beside this one. */
@Injectable()
export class PageReader {
  constructor(private readonly reader: ReadModelReader) {}

  /** @throws {ServiceError} 413 when the page is larger than its door allows; the size is known before the page is built */
  async read({ request, scope, answerLimit, minPosition }: ListTokensQuery, list: WantedList): Promise<ReadPage> {
    const { name, customers, withState } = list;
    const cursors = new Cursors(await this.reader.key(), request, customers);
    const from = pageStart(request, cursors);
    const reading = await this.reader.read(
      (tables, wanted, schemaVersion) => {
        const parts = listParts(tables, request, customers, from);
        const visible = { tables, schemaVersion, customers };
        return snapshotSql(tables, withState && hasTag(request) ? withVisibleState(parts, visible) : parts, wanted);
      },
      { rows: request.limit, bytes: answerLimit.bytes, tenant: tenantOf(scope) },
      minPosition,
    );
    const { held, documents = [] } = reading;
    const { count, state } = countAndState(reading.count);
    try {
      const json = jsonOf(reading, count, answerLimit);
      held.shrinkTo(json.length);
      const links = pageLinks(request, from, documents, count, cursors);
      return { json, count, state: reading.state, held, links, tag: listTag(name, state), visible: state };
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
