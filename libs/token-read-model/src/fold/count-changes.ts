import { ALL_CUSTOMERS } from '../count-table.js';
import type { FacetCode } from '../facet.js';
import type { CountChange } from './changes.js';

/** Changes of one batch to the numbers of tokens. */
export class CountChanges {
  private readonly byCustomer = new Map<number, Map<FacetCode, number>>();

  add({ customerId, facet }: { readonly customerId: number; readonly facet: FacetCode }, by: number): void {
    for (const customer of [ALL_CUSTOMERS, customerId]) {
      let facets = this.byCustomer.get(customer);
      if (!facets) this.byCustomer.set(customer, (facets = new Map<FacetCode, number>()));
      facets.set(facet, (facets.get(facet) ?? 0) + by);
    }
  }

  all(): CountChange[] {
    return Array.from(this.byCustomer, ([customerId, facets]) =>
      Array.from(facets, ([facet, by]) => ({ customerId, facet, by })),
    )
      .flat()
      .filter(({ by }) => by !== 0);
  }
}
