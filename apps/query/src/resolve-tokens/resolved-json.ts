import type { AskedIdentifier } from './resolve-tokens.query.js';

/** @param found "place status document" in the order of the places; those without a token are left out */
export function resolvedJson(identifiers: readonly AskedIdentifier[], found: readonly string[]): Buffer {
  const tokens = new Map<number, { readonly status: string; readonly document: string }>();
  for (const row of found) {
    const [place = '', status = ''] = row.split(' ', 2);
    tokens.set(Number(place), { status, document: row.slice(place.length + status.length + 2) });
  }
  const data = identifiers.map(({ kind, text }, i) => {
    const { status, document } = tokens.get(i + 1) ?? { status: 'unknown', document: 'null' };
    return `{"${kind}":${JSON.stringify(text)},"status":"${status}","token":${document}}`;
  });
  return Buffer.from(`{"data":[${data.join(',')}]}`);
}
