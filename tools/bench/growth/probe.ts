import { combinations } from '../matrix/combinations.js';
import { Comparison } from '../matrix/comparison.js';
import { customersToAskFor } from '../matrix/customers.js';
import { ListClock, type ListRequest } from '../matrix/list-clock.js';
import { quantile } from '../measure/statistics.js';
import type { Site } from '../place/site.js';

/** Uses one in this many of all combinations; coprime to the numbers of values, so that every value occurs. */
const ONE_IN = 13;
/** The peer takes a thousand times longer for some requests. */
const PEER_ONE_IN = 401;

/** Milliseconds of one round. */
export interface RoundOfRequests {
  readonly mean: number;
  readonly p95: number;
  readonly floor: number;
  readonly peer: number;
}

/** Sends the same requests to one read model, round after round. */
export class Probe {
  private constructor(
    private readonly clock: ListClock,
    private readonly comparison: Comparison,
    private readonly all: readonly ListRequest[],
  ) {}

  static async open({ databaseUrl }: Site): Promise<Probe> {
    const all = combinations(await customersToAskFor(databaseUrl));
    return new Probe(new ListClock(databaseUrl), await Comparison.open(databaseUrl), all);
  }

  async round(): Promise<RoundOfRequests> {
    const ours = await times(this.every(ONE_IN), (request) => this.clock.total(request));
    const peer = await times(this.every(PEER_ONE_IN), (request) => this.comparison.peer(request));
    return { mean: mean(ours), p95: quantile(ours, 0.95), floor: await this.comparison.floor(), peer: mean(peer) };
  }

  async close(): Promise<void> {
    await this.clock.close();
    await this.comparison.close();
  }

  private every(step: number): ListRequest[] {
    return this.all.filter((_, index) => index % step === 0);
  }
}

async function times(requests: readonly ListRequest[], time: (request: ListRequest) => Promise<number>) {
  const found: number[] = [];
  for (const request of requests) found.push(await time(request));
  return found;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
