import { ValidateBy, type ValidationArguments, type ValidationError, type ValidationOptions } from 'class-validator';
import { NO_DATE_TIME, parseInstant } from '#token-contract/instant.js';
import { isStorableText } from '#token-contract/storable-text.js';
import { quoted } from './quoted.js';

/** Says why a value is wrong, as the rest of a sentence that begins with the parameter's name. */
export type Problem = (found: unknown, checked: Checked) => string;
export type Validate = (value: unknown, request: Readonly<Record<string, unknown>>) => boolean;

/** What a rule has refused, as it was read, and the request that it is of. */
interface Checked {
  readonly value: unknown;
  readonly request: Readonly<Record<string, unknown>>;
}

/**
 * The words of a rule. They are the rule's context and not its message: in a message class-validator would replace `$value` and similar
 * texts, which a caller can send.
 */
export function problem(words: Problem): ValidationOptions {
  return { context: { words } };
}

/** @param found the value that the caller sent */
export function wordsOf(
  { constraints = {}, contexts = {}, value, target = {} }: ValidationError,
  found: unknown,
): string {
  const [first = ''] = Object.keys(constraints);
  const context = contexts[first] as { readonly words: Problem } | undefined;
  return context?.words(found, { value, request: target as Checked['request'] }) ?? 'is wrong';
}

export function mustBe(what: string, found: unknown): string {
  if (found === '') return `must be ${what}, found an empty value: leave the parameter out or give it one`;
  if (Array.isArray(found)) return `must be ${what}, given once, found ${found.length} values`;
  return `must be ${what}, found ${quoted(found)}`;
}

/** An RFC 3339 date-time with a zone. */
export function IsInstant(): PropertyDecorator {
  return rule('isInstant', isInstant, notAnInstant);
}

function notAnInstant(found: unknown): string {
  const must = mustBe('an RFC 3339 date-time with a zone, such as 2025-06-03T12:00:00Z', found);
  if (typeof found !== 'string' || found === '') return must;
  const parsed = parseInstant(found);
  // If the value is no date-time at all, `must` already says so.
  return 'instant' in parsed || parsed.problem === NO_DATE_TIME ? must : `${must}, which ${parsed.problem}`;
}

/** The end of a span of time, which may be empty but not the wrong way round. @param start the parameter with the span's first instant */
export function NotBefore(start: string): PropertyDecorator {
  const validate: Validate = (end, request) => {
    const from = request[start];
    return !isInstant(from) || !isInstant(end) || end >= from;
  };
  const words: Problem = (found, { request }) =>
    `must not be before ${start} (${String(request[start])}), found ${quoted(found)}: swap the two`;
  return rule('notBefore', validate, words);
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && 'instant' in parseInstant(value);
}

/** A text that PostgreSQL can compare with others. */
export function IsStorableText(): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && isStorableText(value);
  const words: Problem = (found) => mustBe('a text without NUL characters and lone surrogates', trimmed(found));
  return rule('isStorableText', validate, words);
}

/** Counts Unicode code points. class-validator's own `MaxLength` does not count variation selectors. */
export function HasAtMostCodePoints(most: number): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && codePointsIn(value) <= most;
  const words: Problem = (found) => `must have at most ${most} characters, found ${codePointsIn(trimmed(found))}`;
  return rule('hasAtMostCodePoints', validate, words);
}

/** class-validator forgets the context of a rule without a message. */
export function rule(name: string, isRight: Validate, words: Problem): PropertyDecorator {
  const validate = (value: unknown, args?: ValidationArguments) =>
    isRight(value, (args?.object ?? {}) as Checked['request']);
  return ValidateBy({ name, validator: { validate, defaultMessage: () => name } }, problem(words));
}

export function codePointsIn(text: string): number {
  return Array.from(text).length;
}

/** Texts are checked without the spaces around them. */
function trimmed(found: unknown): string {
  return String(found).trim();
}
