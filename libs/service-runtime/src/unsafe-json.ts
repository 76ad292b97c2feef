import { createScanner } from 'jsonc-parser';

/** A fault that `JSON.parse` accepts silently, although the answer would then be for another request than the caller sent. */
export interface Flaw {
  readonly kind: 'given twice' | 'not exact';
  /** The key that is given twice, or the key whose value (or list) holds the number. */
  readonly key: string;
  /** The number as it was written. */
  readonly found: string;
}

/** An object or a list around the current token. */
interface Level {
  /** The keys of an object read so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
  /** The last key at this level or an outer one. */
  key: string;
}

/**
 * The first key given twice in one object, of which `JSON.parse` keeps the last, or the first number that it rounds. The time grows with
 * the length of the text, and deep nesting takes no stack.
 * @param json valid JSON
 */
export function flawIn(json: string): Flaw | undefined {
  const levels: Level[] = [];
  let level: Level | undefined;
  let isKeyNext = false;
  const scanner = createScanner(json, true);
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const begin = json[scanner.getTokenOffset()]!;
    if (begin === '{' || begin === '[') {
      level = { keys: begin === '{' ? new Set() : undefined, key: level?.key ?? '' };
      levels.push(level);
    } else if (begin === '}' || begin === ']') {
      levels.pop();
      level = levels.at(-1);
    } else if (isKeyNext && level?.keys) {
      level.key = scanner.getTokenValue();
      if (level.keys.has(level.key)) return { kind: 'given twice', key: level.key, found: '' };
      level.keys.add(level.key);
    } else if (/[-\d]/.test(begin) && !isExact(scanner.getTokenValue())) {
      return { kind: 'not exact', key: level?.key ?? '', found: scanner.getTokenValue() };
    }
    isKeyNext = begin === '{' || (begin === ',' && level?.keys !== undefined);
  }
  return undefined;
}

/** Whether parsing the number and writing it again gives the same number. A `-0` does not: it would be written as `0`. */
function isExact(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && !Object.is(value, -0) && decimal(text) === decimal(String(value));
}

/** The significant digits and the power of ten after them: two texts mean the same number exactly if these are equal. */
function decimal(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutEndingZeros(digits);
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** Uses a loop: a regular expression would start again at every zero, which takes time in proportion to the square of their number. */
function withoutEndingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
