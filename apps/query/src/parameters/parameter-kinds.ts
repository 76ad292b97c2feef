import { IsBoolean, IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import { parseInstant } from '#token-contract/instant.js';
import { RequestParameter } from './parameter.decorator.js';
import { IsDifferentIntegers, IsListOfTexts } from './list-rules.js';
import { HasAtMostCodePoints, IsInstant, IsStorableText, mustBe, problem } from './rules.js';

interface Documentation {
  readonly description: string;
  readonly examples?: readonly (string | number | boolean)[];
}

const CANONICAL_INTEGER = /^(0|-?[1-9]\d*)$/;

/** An integer in decimal digits, or a JSON number. */
export function IntegerParameter(
  options: Documentation & { readonly minimum: number; readonly maximum?: number; readonly default?: number },
): PropertyDecorator {
  const { description, examples = [], minimum, maximum = Number.MAX_SAFE_INTEGER } = options;
  const words = problem((found) => mustBe(`an integer from ${minimum} to ${maximum}`, found));
  return RequestParameter(
    {
      schema: { type: 'integer', minimum, maximum, ...defaultOf(options) },
      description,
      examples,
      parse: integerIn,
    },
    IsInt(words),
    Min(minimum, words),
    Max(maximum, words),
  );
}

function integerIn(raw: unknown): unknown {
  // Adding 0 turns a JSON -0 into 0.
  if (typeof raw === 'number') return raw + 0;
  return typeof raw === 'string' && CANONICAL_INTEGER.test(raw) ? Number(raw) : raw;
}

/**
 * Several different integers: separated by commas in a text, or a JSON list of numbers, or a single JSON number. They are passed on in
 * ascending order, so that the order in which they were written makes no difference.
 */
export function IntegersParameter({
  description,
  examples = [],
  most,
}: Documentation & { readonly most: number }): PropertyDecorator {
  return RequestParameter(
    {
      schema: { type: 'string', pattern: '^[1-9][0-9]*(,[1-9][0-9]*)*$' },
      description: `${description} At most ${most}, separated by commas; over NATS also a JSON list of numbers.`,
      examples,
      parse: (raw) => integersIn(raw) ?? raw,
    },
    IsDifferentIntegers(most),
  );
}

/** undefined: not all are integers. */
function integersIn(raw: unknown): number[] | undefined {
  const found = typeof raw === 'string' ? raw.split(',').map(integerIn) : typeof raw === 'number' ? [raw] : raw;
  // A list of texts is what a parameter becomes that is given twice over HTTP.
  if (!Array.isArray(found) || !found.every((one) => Number.isSafeInteger(one))) return undefined;
  return (found as number[]).toSorted((a, b) => a - b);
}

/** A JSON list of texts, passed on as they are. */
export function TextsParameter({
  description,
  examples = [],
  most,
  maxLength,
}: Documentation & { readonly most: number; readonly maxLength: number }): PropertyDecorator {
  const items = { type: 'string', minLength: 1, maxLength } as const;
  return RequestParameter(
    { schema: { type: 'array', items, maxItems: most }, description, examples, parse: (raw) => raw },
    IsListOfTexts(most, maxLength),
  );
}

/** Accepts `true` and `false` only: `Boolean("false")` would be true. */
export function BooleanParameter({ description, examples = [true, false] }: Documentation): PropertyDecorator {
  return RequestParameter(
    {
      schema: { type: 'boolean' },
      description,
      examples,
      parse: (raw) => (raw === 'true' ? true : raw === 'false' ? false : raw),
    },
    IsBoolean(problem((found) => mustBe('true or false', found))),
  );
}

export function EnumParameter(
  options: Documentation & { readonly values: readonly string[]; readonly default?: string },
): PropertyDecorator {
  const { description, values, examples = values } = options;
  return RequestParameter(
    {
      schema: { type: 'string', enum: values, ...defaultOf(options) },
      description,
      examples,
      parse: (raw) => raw,
    },
    IsIn(
      values,
      problem((found) => mustBe(`one of ${values.join(', ')}`, found)),
    ),
  );
}

/** An RFC 3339 date-time with a zone, passed on as UTC with milliseconds. */
export function InstantParameter({
  description,
  examples = ['2025-06-03T12:00:00Z', '2025-06-03T14:00:00+02:00'],
}: Documentation): PropertyDecorator {
  return RequestParameter(
    { schema: { type: 'string', format: 'date-time' }, description, examples, parse: instantIn },
    IsInstant(),
  );
}

function instantIn(raw: unknown): unknown {
  const parsed = typeof raw === 'string' ? parseInstant(raw) : undefined;
  return parsed && 'instant' in parsed ? parsed.instant : raw;
}

/** Free text, trimmed; empty counts as not given. Its length is counted in Unicode code points. */
export function TextParameter({
  description,
  examples = [],
  maxLength,
}: Documentation & { readonly maxLength: number }): PropertyDecorator {
  return RequestParameter(
    {
      schema: { type: 'string', maxLength },
      description,
      examples,
      parse: (raw) => (typeof raw === 'string' ? raw.trim() || undefined : raw),
    },
    IsString(problem((found) => mustBe(`a text of at most ${maxLength} characters`, found))),
    IsStorableText(),
    HasAtMostCodePoints(maxLength),
  );
}

/** A text that an earlier answer gave, sent back as it is: empty, it would look like a first request. */
export function OpaqueParameter({
  description,
  maxLength,
}: Omit<Documentation, 'examples'> & { readonly maxLength: number }): PropertyDecorator {
  const words = problem((found) => mustBe('the text that an answer gave', found));
  return RequestParameter(
    { schema: { type: 'string', maxLength }, description, examples: [], parse: (raw) => raw },
    IsString(words),
    Length(1, maxLength, words),
  );
}

function defaultOf<T>({ default: value }: { readonly default?: T }): { readonly default?: T } {
  return value === undefined ? {} : { default: value };
}
