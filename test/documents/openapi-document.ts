export interface Schema {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly examples?: readonly (string | number | boolean)[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Response {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  /** Of an answer without a body: left out. */
  readonly content?: Readonly<Record<'application/json', { readonly schema: object; readonly example: object }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly security?: readonly object[];
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

export async function openApiOf(queryUrl: string): Promise<OpenApi> {
  const response = await fetch(`${queryUrl}/openapi.json`);
  return (await response.json()) as OpenApi;
}
