/*
 * `JSON.parse` rounds numbers without a word: `1.00000000000000000001` becomes the integer 1, and an event would be applied to another token, or
 * as another version, than its publisher wrote. Digits alone are exact as long as they are a safe integer, which is looked at anyway.
 */

/** A number with a fraction or an exponent. In a text it costs no more than a closer look. */
const MAY_BE_ROUNDED = /\d(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)\s*[,}\]]/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PARTS = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** What stands for a number that would be rounded to an integer: a number still, so that no text is made of it, and no integer. */
const NO_INTEGER = '0.5';

/** What `JSON.parse` makes of it; but a number that it would round to an integer stays none. */
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

/** @returns the index behind the text that begins there */
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

/** The digits that count, and the power of ten behind them: one spelling for each number. */
function decimal(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(number) ?? [];
  const digits = whole + fraction;
  let [begin, end] = [0, digits.length];
  while (digits[begin] === '0') begin += 1;
  while (end > begin && digits[end - 1] === '0') end -= 1;
  return `${digits.slice(begin, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}
