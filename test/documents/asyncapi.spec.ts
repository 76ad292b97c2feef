import { Ajv } from 'ajv';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decode } from '#token-contract/decode.js';
import { DATA_SCHEMAS, EVENT_TYPES, type EventType } from '#token-contract/events.js';
import { jsonOf } from './project-files.js';

interface Message {
  readonly name: EventType;
  readonly payload: { readonly allOf: [object, { readonly properties: { readonly data: { readonly $ref: string } } }] };
  readonly examples: readonly { readonly payload: object }[];
}

interface Document {
  readonly channels: Record<string, { readonly messages: Record<string, { readonly $ref: string }> }>;
  readonly components: { readonly messages: Record<string, Message>; readonly schemas: Record<string, object> };
}

describe('docs/asyncapi.json', () => {
  const document = jsonOf<Document>('docs/asyncapi.json');
  const { components } = document;
  const messages = Object.values(components.messages).filter(({ name }) =>
    (EVENT_TYPES as readonly string[]).includes(name),
  );

  test('is what the code says', async () => {
    const script = ['--tsconfig', 'docs/tsconfig.json', 'docs/generate-asyncapi.ts', '--check'];
    await promisify(execFile)('node_modules/.bin/tsx', script);
  });

  test('is valid AsyncAPI 3.0', () => {
    const schema = jsonOf<object>('node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('has one message for every event type, and refers to nothing that is not there', () => {
    expect(messages.map(({ name }) => name).sort()).toEqual([...EVENT_TYPES].sort());
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/(\w+)\/(\w+)\/?(\w+)?"/g);
    const missing = Array.from(references).filter(([, first, second, third]) => {
      const found = (document as unknown as Record<string, Record<string, Record<string, unknown>>>)[first!]?.[second!];
      return third === undefined ? found === undefined : found?.[third] === undefined;
    });
    expect(missing.map(([reference]) => reference)).toEqual([]);
  });

  test.each(messages.map((message) => [message.name, message] as const))(
    'shows for %s the schema that is enforced and an example that is taken',
    (type, message) => {
      const name = message.payload.allOf[1].properties.data.$ref.split('/').at(-1)!;
      expect(components.schemas[name]).toEqual(JSON.parse(JSON.stringify(DATA_SCHEMAS[type])));
      const taken = message.examples.map(({ payload }) => decode(Buffer.from(JSON.stringify(payload))));
      expect(taken).toEqual([{ kind: 'event', event: expect.objectContaining({ type }) as unknown }]);
    },
  );
});
