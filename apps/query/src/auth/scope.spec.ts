import { customersInScope, EVERYTHING, scopeOfClaim, tenantOf } from './scope.js';

describe('the scope of a caller', () => {
  test('is everything without the claim', () => {
    expect(scopeOfClaim({ sub: 'x' }, 'customer_ids')).toEqual(EVERYTHING);
    expect(customersInScope(EVERYTHING, undefined)).toBeNull();
    expect(customersInScope(EVERYTHING, 7)).toEqual([7]);
  });

  test('is the listed customers, each once', () => {
    const scope = scopeOfClaim({ customer_ids: [7, 8, 7] }, 'customer_ids');
    expect(customersInScope(scope, undefined)).toEqual([7, 8]);
    expect(customersInScope(scope, 8)).toEqual([8]);
    expect(() => customersInScope(scope, 9)).toThrow('does not allow access to customer 9');
  });

  test('is nobody for an empty list, and for ids no customer can have', () => {
    for (const ids of [[], [0], [-1, 0]])
      expect(customersInScope(scopeOfClaim({ customer_ids: ids }, 'customer_ids'), undefined)).toEqual([]);
  });

  test('makes callers for the same customers one tenant, in whatever order and how often a JWT names them', () => {
    const tenant = (...ids: number[]) => tenantOf(scopeOfClaim({ customer_ids: ids }, 'customer_ids'));
    expect([tenant(2, 1), tenant(1, 2, 1)]).toEqual([tenant(1, 2), tenant(1, 2)]);
    expect(new Set([tenant(1, 2), tenant(12), tenant(1), tenant()]).size).toBe(4);
    expect(tenantOf(EVERYTHING)).toBeUndefined();
  });

  test.each([[null], ['7'], [7], [{}], [['7']], [[1.5]], [[null]], [[2 ** 53]]])('refuses the claim %j', (claim) => {
    expect(() => scopeOfClaim({ customer_ids: claim }, 'customer_ids')).toThrow('must be a list of integers');
  });
});
