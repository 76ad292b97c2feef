import type { Parameter, Schema } from './openapi-document.js';

export interface Probe {
  readonly value: string;
  readonly isAllowed: boolean;
}

const NEVER_A_VALUE = ['nonsense', 'NaN', 'null', '{}', '[]'];

/** Values at the limits a parameter's documentation gives, beyond them, and of other types. */
export function probesOf({ name, schema }: Parameter): Probe[] {
  const { allowed, refused } = valuesFor(schema);
  // An empty search is no search; every other empty value is a mistake.
  const empty = name === 'search' ? { allowed: [''], refused: [] } : { allowed: [], refused: [''] };
  return [
    ...[...allowed, ...empty.allowed].map((value) => ({ value, isAllowed: true })),
    ...[...refused, ...empty.refused].map((value) => ({ value, isAllowed: false })),
  ];
}

function valuesFor(schema: Schema): { allowed: string[]; refused: string[] } {
  if (schema.enum) return ofEnum(schema.enum);
  if (schema.type === 'integer') return ofInteger(BigInt(schema.minimum!), BigInt(schema.maximum!));
  if (schema.type === 'boolean') {
    return { allowed: ['true', 'false'], refused: [...NEVER_A_VALUE, 'TRUE', 'False', '0', '1', 'yes', ' true'] };
  }
  if (schema.format === 'date-time') return ofDateTime();
  if (schema.maxLength !== undefined) return ofText(schema.maxLength);
  if (schema.pattern?.includes(',')) return ofIntegers();
  throw new Error(`no probes for ${JSON.stringify(schema)}: an undocumented limit?`);
}

function ofEnum(values: readonly string[]): { allowed: string[]; refused: string[] } {
  const otherCase = values.map((value) => value.toUpperCase()).filter((value) => !values.includes(value));
  return { allowed: [...values], refused: [...NEVER_A_VALUE, ...otherCase, values.join(','), ` ${values[0]}`, '0'] };
}

function ofIntegers(): { allowed: string[]; refused: string[] } {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1).join(',');
  return {
    allowed: ['1', '3,1,2', String(Number.MAX_SAFE_INTEGER), numbers(1_000)],
    refused: [
      ...NEVER_A_VALUE,
      '0',
      '1,',
      ',1',
      '1,,2',
      '1, 2',
      '1,2,1',
      '1;2',
      '1.5',
      '01',
      '9007199254740992',
      numbers(1_001),
    ],
  };
}

function ofInteger(minimum: bigint, maximum: bigint): { allowed: string[]; refused: string[] } {
  return {
    allowed: [minimum, minimum + 1n, maximum - 1n, maximum].map(String),
    refused: [
      ...[minimum - 1n, maximum + 1n].map(String),
      ...NEVER_A_VALUE,
      '1.5',
      '1e1',
      '0x1',
      '+1',
      ' 1',
      '01',
      'true',
    ],
  };
}

function ofDateTime(): { allowed: string[]; refused: string[] } {
  return {
    allowed: [
      '2025-06-03T12:00:00Z',
      '2025-06-03T14:00:00.5+02:00',
      '2024-02-29T00:00:00z',
      '2999-12-31T23:59:59.999Z',
    ],
    refused: [
      ...NEVER_A_VALUE,
      '2025-06-03',
      '2025-06-03T12:00:00',
      '2025-06-03 12:00:00Z',
      '2025-02-29T12:00:00Z',
      '2025-06-03T24:00:00Z',
      '2025-06-03T12:00:60Z',
      '1748952000',
    ],
  };
}

function ofText(maxLength: number): { allowed: string[]; refused: string[] } {
  const ofLength = (length: number) => ['a', 'ø', '😀'].map((character) => character.repeat(length));
  return { allowed: ofLength(maxLength), refused: ofLength(maxLength + 1) };
}
