import { hash } from 'node:crypto';
import { ServiceError } from '#service-runtime/service-error.js';

/** The tokens that a caller may see: all, or those of the listed customers (with an empty list: none). */
export type Scope = { readonly kind: 'all' } | { readonly kind: 'customers'; readonly customerIds: readonly number[] };

export const EVERYTHING: Scope = { kind: 'all' };

/** @throws {ServiceError} 403 when the claim is there but is no list of integers */
export function scopeOfClaim(claims: Readonly<Record<string, unknown>>, claim: string): Scope {
  if (!Object.hasOwn(claims, claim)) return EVERYTHING;
  const value = claims[claim];
  if (!Array.isArray(value) || !value.every((id) => Number.isSafeInteger(id))) {
    throw new ServiceError(403, `The token's claim "${claim}" must be a list of integers.`);
  }
  // Customer ids start at 1. A lower number must not reach the count table, where 0 means all customers.
  return { kind: 'customers', customerIds: [...new Set(value as number[])].filter((id) => id >= 1) };
}

const tenants = new WeakMap<readonly number[], string>();

/**
 * All callers who may see the same customers are one tenant, and get their share of what all callers share.
 * @returns its name; undefined: those who may see all customers, who are ours
 */
export function tenantOf(scope: Scope): string | undefined {
  if (scope.kind === 'all') return undefined;
  const { customerIds } = scope;
  const name = tenants.get(customerIds) ?? hash('sha256', inOrder(customerIds)!.join(), 'base64url');
  tenants.set(customerIds, name);
  return name;
}

/** The same customers are the same list, however a JWT orders them. @param customers null: all customers */
export function inOrder(customers: readonly number[] | null): readonly number[] | null {
  return customers && [...customers].sort((a, b) => a - b);
}

/**
 * The customers whose tokens a request may return; null: all customers.
 * @throws {ServiceError} 403 when the wanted customer is outside the scope
 */
export function customersInScope(scope: Scope, wanted: number | undefined): readonly number[] | null {
  if (wanted === undefined) return scope.kind === 'all' ? null : scope.customerIds;
  if (scope.kind === 'customers' && !scope.customerIds.includes(wanted)) {
    throw new ServiceError(403, `Your token does not allow access to customer ${wanted}.`);
  }
  return [wanted];
}
