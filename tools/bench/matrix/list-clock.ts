import { pino } from 'pino';
import { generationTables } from '#token-read-model/generation-tables.js';
import { EVERYTHING, customersInScope } from '../../../apps/query/src/auth/scope.js';
import { ListTokensRequest } from '../../../apps/query/src/list-tokens/list-tokens.request.js';
import { listParts, listTokensSql } from '../../../apps/query/src/list-tokens/list-tokens.sql.js';
import { Pulse } from '../../../apps/query/src/reading/pulse.js';
import { ReadModelReader } from '../../../apps/query/src/reading/read-model-reader.js';
import type { ReadStatement, WantedDocuments } from '../../../apps/query/src/reading/snapshot.sql.js';
import { ReadPools } from '../../../apps/query/src/reading/read-pools.js';
import { SigningKey } from '../../../apps/query/src/reading/signing-key.js';
import { median } from '../measure/statistics.js';
import { countAlone, pageAlone } from './statement-parts.js';

/** Parameters of a list request; parameters that are left out have their defaults. */
export type ListRequest = Partial<ListTokensRequest>;

/** Milliseconds for one statement, and for its parts when sent alone. */
export interface ListTime {
  readonly total: number;
  readonly page: number;
  readonly count: number;
  readonly matches: number;
}

const TABLES = generationTables(1);
/** Larger than any page of the bench. */
const ANSWER_BYTES = 16_777_216;
/** How often a statement is sent for its median. */
export const CALLS = 5;

/** Times list requests, one at a time, in the database and the driver, over connections with the same settings as the query app's. */
export class ListClock {
  private readonly pools: ReadPools;
  private readonly reader: ReadModelReader;

  constructor(databaseUrl: string) {
    this.pools = new ReadPools(databaseUrl, pino({ level: 'silent' }));
    this.reader = new ReadModelReader(this.pools, new Pulse(this.pools), new SigningKey());
  }

  async close(): Promise<void> {
    await this.pools.close();
  }

  /** Page and count together: the median of a few calls; Infinity if it fails or takes too long. */
  total(request: ListRequest, calls = CALLS): Promise<number> {
    return medianOf(calls, () => this.read(request));
  }

  async time(request: ListRequest): Promise<ListTime> {
    const parts = listParts(TABLES, ...askedFor(request));
    const matches = await this.matches(request);
    return {
      total: await this.total(request),
      page: await medianOf(CALLS, () => this.send(pageAlone(parts, matches))),
      count: await medianOf(CALLS, () => this.send(countAlone(parts))),
      matches,
    };
  }

  private async read(request: ListRequest) {
    const bounds = { rows: askedFor(request)[0].limit, bytes: ANSWER_BYTES };
    const reading = await this.reader.read((_, wanted) => statementOf(request, wanted), bounds);
    reading.held.release();
    return reading;
  }

  private send(statement: ReadStatement) {
    const pool = statement.name === undefined ? this.pools.planned : this.pools.prepared;
    return pool.query<[string]>({ ...statement, rowMode: 'array' });
  }

  private async matches(request: ListRequest): Promise<number> {
    try {
      return Number((await this.read(request)).count);
    } catch {
      return NaN;
    }
  }
}

function statementOf(request: ListRequest, wanted: WantedDocuments): ReadStatement {
  return listTokensSql(TABLES, ...askedFor(request), wanted);
}

function askedFor(request: ListRequest): [ListTokensRequest, readonly number[] | null] {
  return [Object.assign(new ListTokensRequest(request), request), customersInScope(EVERYTHING, request.customerId)];
}

async function medianOf(calls: number, call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let done = 0; done < calls; done += 1) {
    const startedAt = performance.now();
    try {
      await call();
    } catch {
      return Infinity;
    }
    times.push(performance.now() - startedAt);
  }
  return median(times);
}
