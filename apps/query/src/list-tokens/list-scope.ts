import { ALL_CUSTOMERS } from '#token-read-model/count-table.js';
import { ALL_FACETS, facetCodesMatching, type FacetCode } from '#token-read-model/facet.js';
import type { GenerationTables } from '#token-read-model/generation-tables.js';
import type { ListTokensRequest } from './list-tokens.request.js';

/** Collects the values of a statement while its text is built. */
export class Values {
  readonly all: unknown[] = [];

  /** @returns the placeholder to write in place of the value */
  bind(value: unknown): string {
    return `$${this.all.push(value)}`;
  }
}

/** The indexes that a walk reads: the one of all tokens, or those of every facet, or those of every customer's facet, merged. */
export type WalkedIndexes = 'all' | 'facets' | 'customers';

/** With more customers than this, merging their places may read far more than a page. */
export const MANY_CUSTOMERS = 10;

/** The filters by customer and facet, which every list has, and the places that they select. */
export class ListScope {
  /** The narrowest indexes that hold only tokens of these customers and facets. */
  readonly indexes: WalkedIndexes;
  private readonly codes: readonly FacetCode[];
  private readonly bound: { customers?: string; facets?: string } = {};

  /** @param customerIds null: all customers */
  constructor(
    private readonly tables: GenerationTables,
    request: ListTokensRequest,
    private readonly customerIds: readonly number[] | null,
    private readonly values: Values,
  ) {
    this.codes = codesOf(request);
    this.indexes = customerIds ? 'customers' : this.codes.length < ALL_FACETS.length ? 'facets' : 'all';
  }

  /** Placeholder of the customers. */
  get customers(): string {
    return (this.bound.customers ??= this.values.bind(this.customerIds ?? [ALL_CUSTOMERS]));
  }

  /** Placeholder of the facet codes. */
  get facets(): string {
    return (this.bound.facets ??= this.values.bind(this.codes));
  }

  /** The places, as a condition on a row `place` of the count table. */
  get places(): string {
    return `place.customer_id = any(${this.customers}) and place.facet = any(${this.facets})`;
  }

  get isOfAllFacets(): boolean {
    return this.codes.length === ALL_FACETS.length;
  }

  /**
   * Whether an order of the customers' tokens is walked by index entries of whole customers: that of ids has them besides those of each
   * place. For the name of a statement: its text depends on it.
   */
  isWalkedWhole(column: string): boolean {
    return this.indexes === 'customers' && column === 'id' && this.isOfAllFacets;
  }

  /** Whether there are so many customers that merging their places may be the wrong way. */
  get isOfMany(): boolean {
    return this.customerIds !== null && this.customerIds.length > MANY_CUSTOMERS;
  }

  /**
   * How a walk that reads more than the narrowest indexes checks each token. PostgreSQL compares with a hash of many customers only if the
   * condition is no join; `is true` makes sure of that.
   */
  get onTheWay(): { readonly checked: readonly string[]; readonly checks: readonly string[] } {
    const isOfFacets = () => `c.facet = any(${this.facets})`;
    if (this.isOfMany) {
      const isTheirs = `(c.customer_id in (select unnest(${this.customers}::bigint[]))) is true`;
      return { checked: ['facet', 'customer_id'], checks: [isOfFacets(), isTheirs] };
    }
    return this.indexes === 'facets' ? { checked: ['facet'], checks: [isOfFacets()] } : { checked: [], checks: [] };
  }

  /** How many tokens the places hold: a select of the single column `tokens`. */
  get tokens(): string {
    return `select coalesce(sum(place.tokens), 0)::bigint as tokens from ${this.tables.tokenCount} place where ${this.places}`;
  }

  /** How many tokens all customers have, of every facet: a select of a single number. */
  get allTokens(): string {
    return `select coalesce(sum(every.tokens), 0)::float8 from ${this.tables.tokenCount} every where every.customer_id = ${ALL_CUSTOMERS}`;
  }
}

/** Every status is one of active or of inactive tokens alone. */
function codesOf({ type, isActive, roamingEnabled, priority, status }: ListTokensRequest): FacetCode[] {
  const codes = facetCodesMatching({ type, isActive, roamingEnabled, priority });
  if (status === undefined) return codes;
  const ofStatus = facetCodesMatching({ isActive: status !== 'inactive' });
  return codes.filter((code) => ofStatus.includes(code));
}

/** The places that a statement walks, for its name. */
export function placesName(scope: ListScope, { sortBy }: Pick<ListTokensRequest, 'sortBy'>): string {
  return `${scope.isOfMany ? 'many' : scope.indexes}${scope.isWalkedWhole(sortBy) ? '_whole' : ''}`;
}
