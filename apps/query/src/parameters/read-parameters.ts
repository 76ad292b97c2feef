import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ServiceError, type ErrorDetail } from '#service-runtime/service-error.js';
import { parametersOf } from './parameter.decorator.js';
import { shortened, shown } from './shown.js';

/** A request can name any number of wrong parameters, an error message can not. */
const MAX_DETAILS = 10;

function unknownDetail(name: string, known: ReadonlyMap<string, unknown>): ErrorDetail {
  const message = `is no parameter of this request; allowed are ${[...known.keys()].join(', ')}`;
  return { param: shortened(name), message };
}

/**
 * Reads a request from a query string's pairs or from a JSON object, by the same rules.
 * @throws {ServiceError} 400 that names every unknown and every wrong parameter; nothing is corrected or ignored
 */
export function readParameters<T extends object>(request: ClassConstructor<T>, raw: unknown): T {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const found = Array.isArray(raw) ? 'a list' : shown(raw);
    const rule = 'The request must be a JSON object of parameters';
    throw new ServiceError(400, `${rule}, found ${found}.`, { logged: rule });
  }
  const known = parametersOf(request);
  const details: ErrorDetail[] = [];
  const simple: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    const parameter = known.get(name);
    if (!parameter) details.push(unknownDetail(name, known));
    else if (value === null) details.push(nullDetail(name));
    // No parameter is a list or an object; class-transformer would follow one as deep as it goes.
    else if (typeof value === 'object') details.push({ param: name, message: parameter.problem(value) ?? 'is wrong' });
    else simple[name] = value;
  }
  const values = plainToInstance(request, simple, { exposeUnsetFields: false, exposeDefaultValues: true });
  for (const { property, constraints } of validateSync(values)) {
    details.push({ param: property, message: Object.values(constraints ?? {})[0] ?? 'is wrong' });
  }
  if (details.length > 0)
    throw new ServiceError(400, sentence(details), {
      details: details.slice(0, MAX_DETAILS),
      logged: loggedSentence(details, known),
    });
  return values;
}

/** A name that nobody knows may be a piece of a value: of a label with an `&` that was not escaped. */
function loggedSentence(details: readonly ErrorDetail[], known: ReadonlyMap<string, unknown>): string {
  const names = details.map(({ param }) => (known.has(param) ? param : 'a parameter that it does not have'));
  return `the request is wrong in ${[...new Set(names)].join(', ')}`;
}

function nullDetail(param: string): ErrorDetail {
  return { param, message: 'must not be null: leave the parameter out when there is nothing to say' };
}

function sentence(details: readonly ErrorDetail[]): string {
  const named = details.slice(0, MAX_DETAILS).map(({ param, message }) => `${param} ${message}`);
  const more = details.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}
