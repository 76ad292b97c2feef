import { isStorableText } from '#token-contract/storable-text.js';
import { quoted } from './quoted.js';
import { codePointsIn, mustBe, rule, type Problem, type Validate } from './rules.js';

/** Positive integers, at least one of them, none twice. @param most how many there may be */
export function IsDifferentIntegers(most: number): PropertyDecorator {
  const what = `1 to ${most} different integers from 1 to ${Number.MAX_SAFE_INTEGER}, separated by commas`;
  const validate: Validate = (value) => isIntegers(value) && value.length <= most && repeatedIn(value) === undefined;
  const words: Problem = (found, { value }) => {
    if (!isIntegers(value)) return mustBe(what, found);
    const repeated = repeatedIn(value);
    return `must be ${what}, found ${repeated === undefined ? `${value.length} of them` : `${repeated} more than once`}`;
  };
  return rule('isDifferentIntegers', validate, words);
}

function isIntegers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => Number.isSafeInteger(one) && one >= 1);
}

/** @param numbers in ascending order */
function repeatedIn(numbers: readonly number[]): number | undefined {
  return numbers.find((number, i) => i > 0 && number === numbers[i - 1]);
}

/** Texts that PostgreSQL can compare with others. @param most how many there may be @param maxLength of each, in code points */
export function IsListOfTexts(most: number, maxLength: number): PropertyDecorator {
  const what = `a JSON list of at most ${most} texts, each of 1 to ${maxLength} characters without NUL characters and lone surrogates`;
  const isRight = (one: unknown) =>
    typeof one === 'string' && one !== '' && isStorableText(one) && codePointsIn(one) <= maxLength;
  const validate: Validate = (value) => Array.isArray(value) && value.length <= most && value.every(isRight);
  const words: Problem = (found) => {
    if (!Array.isArray(found)) return mustBe(what, found);
    const wrong = found.findIndex((one) => !isRight(one));
    const problem = found.length > most ? `${found.length} of them` : `${quoted(found[wrong])} at place ${wrong + 1}`;
    return `must be ${what}, found ${problem}`;
  };
  return rule('isListOfTexts', validate, words);
}
