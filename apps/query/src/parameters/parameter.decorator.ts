import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiQuery } from '@nestjs/swagger';

/** The part of a parameter that the documentation page shows. */
interface ParameterSchema {
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: { readonly type: 'string'; readonly minLength: number; readonly maxLength: number };
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
}

export interface Parameter {
  readonly schema: ParameterSchema;
  readonly description: string;
  readonly examples: readonly (string | number | boolean)[];
  /**
   * Turns a value of a query string or a JSON body into the parameter's value. If it cannot, it returns the value unchanged, and the rules
   * refuse it.
   */
  readonly parse: (raw: unknown) => unknown;
}

const registry = new Map<object, Map<string, Parameter>>();

/** The parameters of a request class by name, in the order in which it declares them. */
export function parametersOf(request: { readonly prototype: object }): ReadonlyMap<string, Parameter> {
  return registry.get(request.prototype) ?? new Map<string, Parameter>();
}

/**
 * Declares one optional parameter of a request in one place: how to read it, document it and check it.
 * @param rules decorators of class-validator, each with the words of {@link problem}; the first one that fails is reported
 */
export function RequestParameter(parameter: Parameter, ...rules: readonly PropertyDecorator[]): PropertyDecorator {
  const register: PropertyDecorator = (prototype, property) => {
    const known = registry.get(prototype) ?? new Map<string, Parameter>();
    registry.set(prototype, known.set(String(property), parameter));
  };
  return applyDecorators(register, ...rules);
}

/** Documents every parameter of a request class on a controller method. */
export function ApiParameters(request: { readonly prototype: object }): MethodDecorator {
  return applyDecorators(
    ...[...parametersOf(request)].map(([name, { schema, description, examples }]) =>
      ApiQuery({
        name,
        required: false,
        description,
        // As examples of the parameter they would be filled in on the API page, all at once.
        schema: { ...schema, ...(examples.length > 0 ? { examples: [...examples] } : {}) } as object,
      }),
    ),
  );
}

/** Documents every parameter of a request class as a property of the JSON body. */
export function ApiBodyParameters(request: { readonly prototype: object }, example: object): MethodDecorator {
  const properties = [...parametersOf(request)].map(([name, { schema, description, examples }]) => [
    name,
    {
      ...schema,
      description,
      ...(examples.length > 0 ? { examples: schema.type === 'array' ? [examples] : [...examples] } : {}),
    },
  ]);
  const schema = { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) as object };
  return ApiBody({ required: true, schema: schema as object, examples: { usual: { value: example } } });
}
