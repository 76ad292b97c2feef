import { TOKEN_TYPES } from '#token-contract/events.js';
import { SORT_DIRECTIONS, SORT_KEYS } from '../../../apps/query/src/list-tokens/sort-keys.js';
import type { ListRequest } from './list-clock.js';

export const LIMIT = 50;
export const UNKNOWN_CUSTOMER = 999_999_999;

const FLAGS = [undefined, true, false] as const;

/** Every order a list can have. */
export const ORDERS: readonly ListRequest[] = SORT_KEYS.flatMap((sortBy) =>
  SORT_DIRECTIONS.map((sortDirection) => ({ sortBy, sortDirection })),
);

/** Every list request without search and dates: all filters, with each of these customers, in every order. */
export function combinations(customers: readonly (number | undefined)[]): ListRequest[] {
  return [undefined, ...TOKEN_TYPES].flatMap((type) =>
    FLAGS.flatMap((isActive) =>
      FLAGS.flatMap((roamingEnabled) =>
        FLAGS.flatMap((priority) =>
          customers.flatMap((customerId) =>
            ORDERS.map((order) => given({ type, isActive, roamingEnabled, priority, customerId, ...order })),
          ),
        ),
      ),
    ),
  );
}

function given(parameters: { [K in keyof ListRequest]: ListRequest[K] | undefined }): ListRequest {
  const entries = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(entries), limit: LIMIT };
}
