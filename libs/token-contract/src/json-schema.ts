import { MAX_CHARACTERS } from './text-bounds.js';

/*
 * The parts from which the schemas of events are built, and the TypeScript type of the values that such a schema accepts. They are plain
 * JSON Schema: Ajv compiles them and the documents show them unchanged. Unknown fields are allowed everywhere, since a producer may add
 * some.
 *
 * Two formats are this product's own: `instant` is RFC 3339 with a zone; `storable-text` has no NUL character and no lone surrogate,
 * because PostgreSQL can hold neither.
 */

export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly [keyword: string]: unknown;
}

interface Primitives {
  readonly string: string;
  readonly integer: number;
  readonly boolean: boolean;
  readonly null: null;
}

/**
 * The type of the values that a schema accepts; `never` if a schema uses a keyword that is missing here. The fields keep their comments and
 * can be renamed in an editor.
 */
export type FromSchema<S> = S extends { readonly properties: infer P }
  ? { readonly [Field in keyof P]: FromSchema<P[Field]> }
  : S extends { readonly items: infer Item }
    ? readonly FromSchema<Item>[]
    : S extends { readonly enum: readonly (infer Value)[] }
      ? Value
      : S extends { readonly type: keyof Primitives }
        ? Primitives[S['type']]
        : S extends { readonly type: readonly (keyof Primitives)[] }
          ? Primitives[S['type'][number]]
          : never;

/** A safe integer from 1 on: an id or a version. */
export const id = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
export const instant = { type: 'string', format: 'instant' } as const;
export const boolean = { type: 'boolean' } as const;

export function text(field: keyof typeof MAX_CHARACTERS) {
  return { type: 'string', format: 'storable-text', maxLength: MAX_CHARACTERS[field] } as const;
}

export function orNull<const S extends { readonly type: string }>(schema: S): OrNull<S> {
  return { ...schema, type: [schema.type, 'null'] };
}

type OrNull<S extends { readonly type: string }> = Omit<S, 'type'> & { readonly type: readonly [S['type'], 'null'] };

/** The schema with a sentence for the documents. */
export function described<const S extends JsonSchema>(
  description: string,
  schema: S,
): S & { readonly description: string } {
  return { ...schema, description };
}

/** An object that has all these fields. */
export function record<const P extends Readonly<Record<string, JsonSchema>>>(properties: P) {
  return { type: 'object', required: Object.keys(properties), properties } as const;
}
