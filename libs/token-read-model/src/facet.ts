import { TOKEN_TYPES, type TokenType } from '#token-contract/events.js';

/** The four properties with a few values each that the list filters by. */
export interface Facets {
  readonly type: TokenType;
  readonly isActive: boolean;
  readonly roamingEnabled: boolean;
  readonly priority: boolean;
}

/** A facet code packs {@link Facets} into 0..23, so that one small column serves every combination of those filters. */
export type FacetCode = number;

export function facetCode({ type, isActive, roamingEnabled, priority }: Facets): FacetCode {
  return TOKEN_TYPES.indexOf(type) * 8 + Number(isActive) * 4 + Number(roamingEnabled) * 2 + Number(priority);
}

export const ALL_FACETS: readonly Facets[] = TOKEN_TYPES.flatMap((type) =>
  [false, true].flatMap((isActive) =>
    [false, true].flatMap((roamingEnabled) =>
      [false, true].map((priority) => ({ type, isActive, roamingEnabled, priority })),
    ),
  ),
);

/** The codes of all combinations that agree with the given values; all 24 if none is given. */
export function facetCodesMatching(wanted: { readonly [K in keyof Facets]?: Facets[K] | undefined }): FacetCode[] {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return ALL_FACETS.filter((facets) => given.every(([name, value]) => facets[name as keyof Facets] === value)).map(
    facetCode,
  );
}
