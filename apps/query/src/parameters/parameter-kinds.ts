import { NO_DATE_TIME, parseInstant } from '#token-events/instant.js';
import { isStorableText } from '#token-events/storable-text.js';
import { RequestParameter } from './parameter.decorator.js';
import { shown } from './shown.js';

interface Documentation {
  readonly description: string;
  readonly examples?: readonly (string | number | boolean)[];
}

const CANONICAL_INTEGER = /^(0|-?[1-9]\d*)$/;

/** An integer in decimal digits, or a JSON number. What is none stays as it was sent, for the message to show. */
export function IntegerParameter(
  options: Documentation & { readonly minimum: number; readonly maximum?: number; readonly default?: number },
): PropertyDecorator {
  const { description, examples = [], minimum, maximum = Number.MAX_SAFE_INTEGER } = options;
  const isAllowed = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
  return RequestParameter({
    schema: {
      type: 'integer',
      minimum,
      maximum,
      ...(options.default === undefined ? {} : { default: options.default }),
    },
    description,
    examples,
    // Adding 0 makes a JSON -0 the zero it is.
    parse: (raw) =>
      typeof raw === 'number'
        ? raw + 0
        : typeof raw === 'string' && CANONICAL_INTEGER.test(raw) && isAllowed(Number(raw))
          ? Number(raw)
          : raw,
    problem: (value) => (isAllowed(value) ? undefined : mustBe(`an integer from ${minimum} to ${maximum}`, value)),
  });
}

/** `true` or `false` only: `Boolean("false")` is the classic trap. */
export function BooleanParameter({ description, examples = [true, false] }: Documentation): PropertyDecorator {
  return RequestParameter({
    schema: { type: 'boolean' },
    description,
    examples,
    parse: (raw) => (raw === 'true' ? true : raw === 'false' ? false : raw),
    problem: (value) => (typeof value === 'boolean' ? undefined : mustBe('true or false', value)),
  });
}

export function EnumParameter(
  options: Documentation & { readonly values: readonly string[]; readonly default?: string },
): PropertyDecorator {
  const { description, values, examples = values } = options;
  return RequestParameter({
    schema: { type: 'string', enum: values, ...(options.default === undefined ? {} : { default: options.default }) },
    description,
    examples,
    parse: (raw) => raw,
    problem: (value) => (values.includes(value as string) ? undefined : mustBe(`one of ${values.join(', ')}`, value)),
  });
}

/** An RFC 3339 date-time with a zone, handed on as UTC with milliseconds. */
export function InstantParameter({
  description,
  examples = ['2025-06-03T12:00:00Z', '2025-06-03T14:00:00+02:00'],
}: Documentation): PropertyDecorator {
  return RequestParameter({
    schema: { type: 'string', format: 'date-time' },
    description,
    examples,
    parse: (raw) => {
      const parsed = typeof raw === 'string' ? parseInstant(raw) : undefined;
      return parsed && 'instant' in parsed ? parsed.instant : raw;
    },
    problem: (value) => {
      const what = 'an RFC 3339 date-time with a zone, such as 2025-06-03T12:00:00Z';
      if (typeof value !== 'string' || value === '') return mustBe(what, value);
      const parsed = parseInstant(value);
      if ('instant' in parsed) return undefined;
      // Said already.
      return parsed.problem === NO_DATE_TIME ? mustBe(what, value) : `${mustBe(what, value)}, which ${parsed.problem}`;
    },
  });
}

/** Free text, trimmed; empty counts as not given. Its length is counted in Unicode code points. */
export function TextParameter({
  description,
  examples = [],
  maxLength,
}: Documentation & { readonly maxLength: number }): PropertyDecorator {
  return RequestParameter({
    schema: { type: 'string', maxLength },
    description,
    examples,
    parse: (raw) => (typeof raw === 'string' ? raw.trim() || undefined : raw),
    problem: (value) => {
      if (typeof value !== 'string') return mustBe(`a text of at most ${maxLength} characters`, value);
      if (!isStorableText(value)) return mustBe('a text without NUL characters and lone surrogates', value);
      const length = Array.from(value).length;
      return length <= maxLength ? undefined : `must have at most ${maxLength} characters, found ${length}`;
    },
  });
}

function mustBe(what: string, value: unknown): string {
  if (value === '') return `must be ${what}, found an empty value: leave the parameter out or give it one`;
  if (Array.isArray(value)) return `must be ${what}, given once, found ${value.length} values`;
  return `must be ${what}, found ${shown(value)}`;
}
