import { DATA_SCHEMAS, EVENT_TYPES, type EventType } from './events.js';
import { parseInstant, type Instant } from './instant.js';
import type { JsonSchema } from './json-schema.js';

type Copy = (data: unknown) => unknown;

const copies = Object.fromEntries(EVENT_TYPES.map((type) => [type, compileCopy(DATA_SCHEMAS[type])])) as Record<
  EventType,
  Copy
>;

/**
 * Keeps the fields that the schema knows, in its order, and turns times into UTC milliseconds, the spelling that all later code expects.
 */
export function knownFields(type: EventType, validated: unknown): unknown {
  return copies[type](validated);
}

/**
 * Generates the function that copies the fields one by one. A loop over the names of the fields takes twice the time: its objects have no
 * shape that the engine knows beforehand. Only names from the schemas above go into the code.
 */
function compileCopy(schema: JsonSchema): Copy {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const withUtc = new Function('utc', `return (data) => (${copyOf(schema, 'data')});`) as (toUtc: typeof utc) => Copy;
  return withUtc(utc);
}

/** @param from the expression to copy */
function copyOf({ properties, format }: JsonSchema, from: string): string {
  if (format === 'instant') return `utc(${from})`;
  if (properties === undefined) return from;
  const fields = Object.entries(properties).map(([name, schema]) => {
    const key = JSON.stringify(name);
    return `${key}: ${copyOf(schema, `${from}[${key}]`)}`;
  });
  return `{ ${fields.join(', ')} }`;
}

function utc(validated: string | null): Instant | null {
  if (validated === null) return null;
  const parsed = parseInstant(validated);
  return 'instant' in parsed ? parsed.instant : validated;
}
