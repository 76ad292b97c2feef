import type { ChangePlace } from '#projection/change-order.js';
import { ALL_CUSTOMERS } from '../count-table.js';
import type { TokenOfCustomer, TokenRow } from './changes.js';
import type { CurrentToken } from './current.js';

/** The tokens that customers have lost, or got back, by a batch. Only a customer who had a token at a commit can have seen it. */
export class Departures {
  readonly gone: (TokenOfCustomer & { readonly place: ChangePlace })[] = [];
  readonly back: TokenOfCustomer[] = [];

  /** A token is there as before, perhaps with another customer. */
  kept({ id, customerId, place }: TokenRow, known: CurrentToken): void {
    if (known.customerId === customerId) return;
    this.gone.push({ id, customerId: known.customerId, place });
    this.back.push({ id, customerId });
  }

  cameBack({ id, customerId }: TokenRow): void {
    this.back.push({ id, customerId }, { id, customerId: ALL_CUSTOMERS });
  }

  erased(id: number, { customerId }: CurrentToken, place: ChangePlace): void {
    this.gone.push({ id, customerId, place }, { id, customerId: ALL_CUSTOMERS, place });
  }
}
