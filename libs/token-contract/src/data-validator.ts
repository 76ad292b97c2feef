import { Ajv, type ErrorObject } from 'ajv';
import { DATA_SCHEMAS, EVENT_TYPES, type EventType } from './events.js';
import { parseInstant } from './instant.js';
import { isStorableText } from './storable-text.js';
import { hasAtMost } from './text-bounds.js';

// events.spec.ts checks that the schemas are valid. Ajv would check them at each start, which takes longer than to compile them.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, verbose: true, validateSchema: false });
ajv.addFormat('instant', (text: string) => 'instant' in parseInstant(text));
ajv.addFormat('storable-text', isStorableText);
// Ajv's own keyword counts every text from end to end: 8 µs for a comment of 4,000 letters, as much as all other checks together.
ajv.removeKeyword('maxLength');
ajv.addKeyword({
  keyword: 'maxLength',
  type: 'string',
  schemaType: 'number',
  compile: (most: number) => (text: string) => hasAtMost(most, text),
});

for (const type of EVENT_TYPES) ajv.addSchema(DATA_SCHEMAS[type], type);

/** Why an event's `data` is wrong, in words for an operator; undefined if it is right. */
export function dataProblem(type: EventType, data: unknown): string | undefined {
  // Compiled with the first event of its type: most commands of tokenctl read none.
  const validate = ajv.getSchema(type)!;
  return validate(data) ? undefined : describe(validate.errors![0]!);
}

function describe(error: ErrorObject): string {
  const field = `data${error.instancePath.replaceAll('/', '.')}`;
  if (error.keyword === 'required') return `${field}.${String(error.params['missingProperty'])} is missing`;
  if (error.keyword === 'enum') return `${field} must be one of ${(error.schema as string[]).join(', ')}`;
  if (error.keyword === 'format')
    return `${field} ${formatProblem(String(error.params['format']), String(error.data))}`;
  if (error.keyword === 'maxLength') return `${field} has more than ${String(error.schema)} characters`;
  if (error.keyword === 'maximum' || error.keyword === 'minimum') {
    return `${field} must be a safe integer from 1 to ${Number.MAX_SAFE_INTEGER}, found ${String(error.data)}`;
  }
  return `${field} ${error.message ?? 'does not match its schema'}`;
}

function formatProblem(format: string, text: string): string {
  if (format === 'storable-text') return 'holds a NUL character or a lone surrogate';
  const parsed = parseInstant(text);
  return 'problem' in parsed ? parsed.problem : 'does not match its format';
}
