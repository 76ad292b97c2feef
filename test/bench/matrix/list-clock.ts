import { pino } from 'pino';
import { generationTables } from '#read-model/generation-tables.js';
import { EVERYTHING, customersInScope } from '../../../apps/query/src/auth/scope.js';
import { ListTokensRequest } from '../../../apps/query/src/list-tokens/list-tokens.request.js';
import { listTokensSql } from '../../../apps/query/src/list-tokens/list-tokens.sql.js';
import { ReadModelReader, type ReadStatement } from '../../../apps/query/src/reading/read-model-reader.js';
import { closeReadPools, createReadPools, type ReadPools } from '../../../apps/query/src/reading/read-pools.js';
import { median } from '../measure/statistics.js';
import { partsOf } from './statement-parts.js';

/** Parameters of a list request; what is left out has its default. */
export type ListRequest = Partial<ListTokensRequest>;

/** Milliseconds; `page` and `count` only where the statement can be taken apart. */
export interface ListTime {
  readonly total: number;
  readonly page: number | undefined;
  readonly count: number | undefined;
  readonly matches: number;
}

const TABLES = generationTables(1);
/** How often a statement is sent for its median. */
export const CALLS = 5;

/** Times list requests, one at a time, in the database and the driver, over connections set up as the query app's are. */
export class ListClock {
  private readonly pools: ReadPools;
  private readonly reader: ReadModelReader;

  constructor(databaseUrl: string) {
    this.pools = createReadPools(databaseUrl, pino({ level: 'silent' }));
    this.reader = new ReadModelReader(this.pools);
  }

  async close(): Promise<void> {
    await closeReadPools(this.pools);
  }

  /** Page and count together. Median of a few calls; Infinity when it fails or takes too long. */
  total(request: ListRequest, calls = CALLS): Promise<number> {
    return medianOf(calls, () => this.read(request));
  }

  async time(request: ListRequest): Promise<ListTime> {
    const parts = partsOf(TABLES, statementOf(request));
    return {
      total: await this.total(request),
      page: parts && (await medianOf(CALLS, () => this.send(parts.page))),
      count: parts && (await medianOf(CALLS, () => this.send(parts.count))),
      matches: await this.matches(request),
    };
  }

  private read(request: ListRequest) {
    return this.reader.read(() => statementOf(request));
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

function statementOf(request: ListRequest): ReadStatement {
  const customers = customersInScope(EVERYTHING, request.customerId);
  return listTokensSql(TABLES, Object.assign(new ListTokensRequest(), request), customers);
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
