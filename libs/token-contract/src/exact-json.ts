/*
 * `JSON.parse` rounds numbers silently: `1.00000000000000000001` becomes the integer 1, and the event would be applied to another token, or
 * as another version, than its publisher wrote. Numbers of digits alone need no check here: they are exact up to the largest safe integer,
 * and the schemas refuse larger ones.
 */

/** A number with a fraction or an exponent. If this finds one inside a text, the slower check below costs time and changes nothing. */
const MAY_BE_ROUNDED = /\d(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)\s*[,}\]]/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PARTS = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Replaces a number that would be rounded to an integer: the schemas refuse it as a text and as an integer. */
const NO_INTEGER = '0.5';

/** Parses as `JSON.parse` does, except that a number which would be rounded to an integer becomes 0.5. */
export function parseExactly(json: string): unknown {
  const parsed: unknown = JSON.parse(json);
  return MAY_BE_ROUNDED.test(json) ? JSON.parse(withoutRounded(json)) : parsed;
}

/** @param json valid JSON */
function withoutRounded(json: string): string {
  let done = '';
  let from = 0;
  for (let at = 0; at < json.length;) {
    if (json[at] === '"') {
      at = endOfText(json, at);
      continue;
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(json)?.[0] ?? '';
    if (isRounded(number)) {
      done += json.slice(from, at) + NO_INTEGER;
      from = at + number.length;
    }
    at += Math.max(1, number.length);
  }
  return done + json.slice(from);
}

/**
 * Uses a loop: a regular expression needs stack for every escape, and a library's scanner builds the text from as many pieces, 1.3 GB for a
 * message of 64 MB.
 * @returns the index after the text that begins there
 */
function endOfText(json: string, begin: number): number {
  for (let at = begin + 1; ; at += 1) {
    if (json[at] === '\\') at += 1;
    else if (json[at] === '"') return at + 1;
  }
}

function isRounded(number: string): boolean {
  const value = Number(number);
  return value >= 1 && Number.isSafeInteger(value) && decimal(number) !== decimal(String(value));
}

/** The significant digits and the power of ten after them: two texts mean the same number exactly if these are equal. */
function decimal(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(number) ?? [];
  const digits = whole + fraction;
  let [begin, end] = [0, digits.length];
  while (digits[begin] === '0') begin += 1;
  while (end > begin && digits[end - 1] === '0') end -= 1;
  return `${digits.slice(begin, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}
