/** What `JSON.parse` changes in silence, so that the answer would be to another request. */
export interface Flaw {
  readonly kind: 'given twice' | 'not exact';
  /** The key that is given twice, or the one whose value (or whose list) holds the number. */
  readonly key: string;
  /** The number as it was written. */
  readonly found: string;
}

/** Strings, numbers and the marks that structure JSON; nothing else matters here. */
const TOKENS = /"(?:[^"\\]+|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;

/**
 * The first key that is given twice in one object, where `JSON.parse` keeps the last, or the first number that it rounds.
 * Takes time in proportion to the text, and no stack, so that deep nesting does no harm.
 * @param json valid JSON
 */
export function flawIn(json: string): Flaw | undefined {
  const objects: (Set<string> | null)[] = [];
  const keys: string[] = [];
  let isKeyNext = false;
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      objects.push(token === '{' ? new Set() : null);
      keys.push(keys.at(-1) ?? '');
    } else if (token === '}' || token === ']') {
      objects.pop();
      keys.pop();
    } else if (isKeyNext && token.startsWith('"')) {
      const key = JSON.parse(token) as string;
      const known = objects.at(-1);
      if (known?.has(key)) return { kind: 'given twice', key, found: '' };
      known?.add(key);
      keys[keys.length - 1] = key;
    } else if (/^[-\d]/.test(token) && !isExact(token)) {
      return { kind: 'not exact', key: keys.at(-1) ?? '', found: token };
    }
    isKeyNext = token === '{' || (token === ',' && objects.at(-1) !== null);
  }
  return undefined;
}

/** Whether reading the number and writing it again gives the same number. JSON has no -0 of its own: it is a 0 spelt wrongly. */
function isExact(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && !Object.is(value, -0) && decimal(text) === decimal(String(value));
}

/** The digits that count, and the power of ten behind them: one spelling for each number. */
function decimal(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutEndingZeros(digits);
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** A regular expression would try every zero as a beginning: its time grows with the square of their number. */
function withoutEndingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
