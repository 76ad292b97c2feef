import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy } from 'class-validator';

/** What the documentation page shows of a parameter; the limits in it are the ones enforced. */
interface ParameterSchema {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
}

export interface Parameter {
  readonly schema: ParameterSchema;
  readonly description: string;
  readonly examples: readonly (string | number | boolean)[];
  /** Turns what a query string or a JSON body holds into the value; leaves what it cannot read as it is. */
  readonly parse: (raw: unknown) => unknown;
  /** Says what is wrong with a parsed value, as the rest of a sentence that begins with the parameter's name. */
  readonly problem: (value: unknown) => string | undefined;
}

const registry = new Map<object, Map<string, Parameter>>();

const known = new Map<object, ReadonlyMap<string, Parameter>>();

/** The parameters of a request class by name, those of its parents included. */
export function parametersOf(request: { readonly prototype: object }): ReadonlyMap<string, Parameter> {
  let found = known.get(request);
  if (!found) known.set(request, (found = collect(request.prototype)));
  return found;
}

function collect(prototype: object): ReadonlyMap<string, Parameter> {
  const found = new Map<string, Parameter>();
  for (let level: object | null = prototype; level; level = Object.getPrototypeOf(level) as object | null) {
    for (const [name, parameter] of registry.get(level) ?? []) found.set(name, parameter);
  }
  return found;
}

/** Declares one optional parameter of a request: how it is read, checked and documented, in one place. */
export function RequestParameter(parameter: Parameter): PropertyDecorator {
  const register: PropertyDecorator = (target, property) => {
    if (!registry.has(target)) registry.set(target, new Map());
    registry.get(target)!.set(String(property), parameter);
  };
  return applyDecorators(
    register,
    IsOptional(),
    Transform(({ value }) => parameter.parse(value)),
    ValidateBy({
      name: 'requestParameter',
      validator: {
        validate: (value) => parameter.problem(value) === undefined,
        defaultMessage: (args) => parameter.problem(args?.value) ?? '',
      },
    }),
  );
}

/** Documents every parameter of a request class on a controller method. */
export function ApiParameters(request: { readonly prototype: object }): MethodDecorator {
  return applyDecorators(
    ...[...parametersOf(request)].map(([name, { schema, description, examples }]) =>
      ApiQuery({
        name,
        required: false,
        description,
        schema: schema as object,
        examples: Object.fromEntries(examples.map((value) => [String(value), { value }])),
      }),
    ),
  );
}
