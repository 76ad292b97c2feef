import { validateSync } from 'class-validator';
import { ServiceError, type ErrorDetail } from '#service-runtime/service-error.js';
import { parametersOf, type Parameter } from './parameter.decorator.js';
import { quoted, shortened } from './quoted.js';
import { wordsOf } from './rules.js';

/** A request can name any number of wrong parameters; an error message cannot. */
const MAX_DETAILS = 10;

type Known = ReadonlyMap<string, Parameter>;
type Raw = Readonly<Record<string, unknown>>;
/** The defaults of a request may depend on what is given. */
type RequestClass<T> = new (given: object) => T;

/**
 * Reads a request from a query string's pairs or from a JSON object, by the same rules.
 * @throws {ServiceError} 400 that names every unknown and every wrong parameter; it corrects and ignores nothing
 */
export function readParameters<T extends object>(request: RequestClass<T>, raw: unknown): T {
  if (!isRecord(raw)) throw noRecord(raw);
  const known = parametersOf(request);
  const given = parsed(raw, known);
  const values = Object.assign(new request(given), given);
  const details = detailsOf(raw, known, values);
  if (details.length === 0) return values;
  throw new ServiceError(400, sentence(details), {
    details: details.slice(0, MAX_DETAILS),
    logged: loggedSentence(details, known),
  });
}

function isRecord(raw: unknown): raw is Raw {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function noRecord(raw: unknown): ServiceError {
  const found = Array.isArray(raw) ? 'a list' : quoted(raw);
  const rule = 'The request must be a JSON object of parameters';
  return new ServiceError(400, `${rule}, found ${found}.`, { logged: rule });
}

/** The values of the known parameters that the caller gave; the others keep their defaults. */
function parsed(raw: Raw, known: Known): object {
  const values: Record<string, unknown> = {};
  for (const [name, { parse }] of known) {
    const value = Object.hasOwn(raw, name) ? parse(raw[name]) : undefined;
    if (value !== undefined && value !== null) values[name] = value;
  }
  return values;
}

/** First come unknown names, null, lists and objects, in the caller's order; then the values that break a rule, in the declared order. */
function detailsOf(raw: Raw, known: Known, values: object): ErrorDetail[] {
  const broken = new Map(
    validateSync(values, { skipUndefinedProperties: true }).map((error) => [
      error.property,
      wordsOf(error, raw[error.property]),
    ]),
  );
  const details: ErrorDetail[] = [];
  for (const [param, value] of Object.entries(raw)) {
    if (!known.has(param)) details.push(unknownDetail(param, known));
    else if (value === null) details.push(nullDetail(param));
    else if (typeof value === 'object' && broken.has(param)) {
      details.push({ param, message: broken.get(param)! });
      broken.delete(param);
    }
  }
  for (const [param, message] of broken) details.push({ param, message });
  return details;
}

function unknownDetail(name: string, known: Known): ErrorDetail {
  const message = `is no parameter of this request; allowed are ${[...known.keys()].join(', ')}`;
  return { param: shortened(name), message };
}

function nullDetail(param: string): ErrorDetail {
  return { param, message: 'must not be null: leave the parameter out when there is nothing to say' };
}

/** An unknown name may be a part of a value: of a label with an `&` that the caller did not escape. */
function loggedSentence(details: readonly ErrorDetail[], known: Known): string {
  const names = details.map(({ param }) => (known.has(param) ? param : 'a parameter that it does not have'));
  return `the request is wrong in ${[...new Set(names)].join(', ')}`;
}

function sentence(details: readonly ErrorDetail[]): string {
  const named = details.slice(0, MAX_DETAILS).map(({ param, message }) => `${param || '""'} ${message}`);
  const more = details.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}
