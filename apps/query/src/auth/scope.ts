import { ServiceError } from '#service-runtime/service-error.js';

/** The customers a caller may see: everybody's tokens, or those of the listed customers only (an empty list sees nothing). */
export type Scope = { readonly kind: 'all' } | { readonly kind: 'customers'; readonly customerIds: readonly number[] };

export const EVERYTHING: Scope = { kind: 'all' };

/** @throws {ServiceError} 403 when the claim is there but is no list of integers */
export function scopeOfClaim(claims: Readonly<Record<string, unknown>>, claim: string): Scope {
  if (!Object.hasOwn(claims, claim)) return EVERYTHING;
  const value = claims[claim];
  if (!Array.isArray(value) || !value.every((id) => Number.isSafeInteger(id))) {
    throw new ServiceError(403, `The token's claim "${claim}" must be a list of integers.`);
  }
  // Customers start at 1. Anything below names nobody, and must not reach the count table, where 0 stands for all of them.
  return { kind: 'customers', customerIds: [...new Set(value as number[])].filter((id) => id >= 1) };
}

/**
 * The customers a request is about: null for everybody's.
 * @throws {ServiceError} 403 when the customer asked for is outside the scope
 */
export function customersInScope(scope: Scope, asked: number | undefined): readonly number[] | null {
  if (asked === undefined) return scope.kind === 'all' ? null : scope.customerIds;
  if (scope.kind === 'customers' && !scope.customerIds.includes(asked)) {
    throw new ServiceError(403, `Your token does not allow access to customer ${asked}.`);
  }
  return [asked];
}
