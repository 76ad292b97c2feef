import { ALL_FACETS, facetCode, facetCodesMatching } from './facet.js';

describe('facet codes', () => {
  test('give every combination a code of its own, 0 to 23', () => {
    expect(ALL_FACETS.map(facetCode).sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, code) => code));
  });

  test('match all combinations when nothing is asked, one when everything is', () => {
    expect(facetCodesMatching({})).toHaveLength(24);
    const facets = { type: 'virtual', isActive: false, roamingEnabled: true, priority: false } as const;
    expect(facetCodesMatching(facets)).toEqual([facetCode(facets)]);
  });

  test('take false for a wish and undefined for none', () => {
    expect(facetCodesMatching({ isActive: false, type: undefined })).toHaveLength(12);
  });
});
