/** The customer id under which the count table holds the sums over all customers; real customers start at 1. */
export const ALL_CUSTOMERS = 0;
