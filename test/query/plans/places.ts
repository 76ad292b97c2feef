import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import { ALL_FACETS, facetCodesMatching } from '#token-read-model/facet.js';
import { withClient } from '../../support/with-client.js';
import type { Asked } from './asked.js';
import { TABLES } from './plan.js';

interface Place {
  readonly customer: string;
  readonly facet: number;
  readonly tokens: string;
}

/** How many tokens every customer has of every facet. */
export class Places {
  private constructor(private readonly tokens: ReadonlyMap<number, ReadonlyMap<number, number>>) {}

  static async of(databaseUrl: string): Promise<Places> {
    const { rows } = await withClient(databaseUrl, (client) =>
      client.query<Place>(`select customer_id as customer, facet, tokens from ${TABLES.tokenCount}`),
    );
    const tokens = new Map<number, Map<number, number>>();
    for (const { customer, facet, tokens: count } of rows) {
      const facets = tokens.get(Number(customer)) ?? new Map<number, number>();
      tokens.set(Number(customer), facets.set(facet, Number(count)));
    }
    return new Places(tokens);
  }

  /** Tokens among the first `reach` of each place where those of a request are; in the order of ids a customer is one place. */
  heads({ request, customers }: Asked, reach = Infinity): number {
    const { type, isActive, roamingEnabled, priority } = request;
    const codes = facetCodesMatching({ type, isActive, roamingEnabled, priority });
    const isWhole = customers !== null && request.sortBy === 'id' && codes.length === ALL_FACETS.length;
    let heads = 0;
    for (const customer of customers ?? [ALL_CUSTOMERS]) {
      const tokens = codes.map((facet) => this.tokens.get(customer)?.get(facet) ?? 0);
      const places = isWhole ? [tokens.reduce((sum, count) => sum + count, 0)] : tokens;
      for (const count of places) heads += Math.min(reach, count);
    }
    return heads;
  }
}
