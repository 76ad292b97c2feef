import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ServiceError } from '#service-runtime/service-error.js';
import { customersInScope, tenantOf } from '../auth/scope.js';
import { readHeaders } from '../reading/read-headers.js';
import { tokenTag } from '../polling/entity-tag.js';
import { countAndState, withTokenState } from '../polling/visible-state.sql.js';
import { ReadModelReader } from '../reading/read-model-reader.js';
import type { Reading } from '../reading/reading.js';
import { snapshotSql } from '../reading/snapshot.sql.js';
import { GetTokenQuery, type FoundToken } from './get-token.query.js';
import { getTokenParts } from './get-token.sql.js';

const ADVICE = 'a single token is answered whole, so that the bound itself has to be raised';

@QueryHandler(GetTokenQuery)
export class GetTokenHandler implements IQueryHandler<GetTokenQuery> {
  constructor(private readonly reader: ReadModelReader) {}

  /**
   * @throws {ServiceError} 404 when there is no such token, or it belongs to a customer whom the caller may not see; 413 when it is
   * larger than its door allows
   */
  async execute(query: GetTokenQuery): Promise<FoundToken> {
    const { id, isTagged } = query;
    const customers = customersInScope(query.scope, undefined);
    const reading = await this.reader.read(
      (tables, wanted, schemaVersion) => {
        const parts = getTokenParts(tables, id, customers);
        return snapshotSql(tables, isTagged ? withTokenState(parts, { tables, schemaVersion }) : parts, wanted);
      },
      { rows: 1, bytes: query.answerLimit.bytes, tenant: tenantOf(query.scope) },
      query.minPosition,
    );
    const { state, held } = reading;
    try {
      const json = jsonOf(reading, query);
      held.shrinkTo(json.length);
      const tag = tokenTag(id, countAndState(reading.count).state);
      return { json, state, tag, held };
    } catch (error) {
      held.release();
      throw error;
    }
  }
}

function jsonOf({ state, documents, bytes }: Reading, { id, answerLimit }: GetTokenQuery): Buffer {
  if (!documents) throw answerLimit.refuse({ bytes: bytes - 1, state, advice: ADVICE });
  const [document] = documents;
  if (document === undefined) throw new ServiceError(404, `There is no token ${id}.`, { headers: readHeaders(state) });
  return Buffer.from(document);
}
