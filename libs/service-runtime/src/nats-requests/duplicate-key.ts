/** Strings and the marks that structure JSON; whatever lies between them does not matter here. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The first key that stands twice in one object of a JSON text. `JSON.parse` keeps the last one without a word, so that a
 * parameter given twice would go unnoticed.
 * @param json valid JSON
 */
export function duplicateKey(json: string): string | undefined {
  const objects: (Set<string> | null)[] = [];
  let isKeyNext = false;
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') objects.push(token === '{' ? new Set() : null);
    else if (token === '}' || token === ']') objects.pop();
    else if (token.startsWith('"') && isKeyNext) {
      const key = JSON.parse(token) as string;
      const keys = objects.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
    isKeyNext = token === '{' || (token === ',' && objects.at(-1) !== null);
  }
  return undefined;
}
