import { ServiceError } from './service-error.js';
import { flawIn, type Flaw } from './unsafe-json.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON of a request's body; with a problem if it cannot be taken as it is. */
interface JsonBody {
  readonly body?: unknown;
  readonly problem?: ServiceError | undefined;
}

/**
 * The JSON of a body, `{}` for an empty one.
 * @throws {ServiceError} 400 for a text that is no JSON, a key given twice, a number that cannot be read exactly
 */
export function readJsonBody(payload: Uint8Array): unknown {
  const { body, problem } = jsonOf(payload);
  if (problem) throw problem;
  return body;
}

/** Like {@link readJsonBody}, but does not throw: what the body is may matter for the answer that refuses it. */
export function jsonOf(payload: Uint8Array): JsonBody {
  if (payload.length === 0) return { body: {} };
  try {
    const text = utf8.decode(payload);
    const body: unknown = JSON.parse(text);
    const flaw = flawIn(text);
    return { body, problem: flaw && refusalOf(flaw) };
  } catch {
    const message = 'The request body is not JSON; send a JSON object, or nothing for all defaults.';
    return { problem: new ServiceError(400, message) };
  }
}

/** A key in the form that an error message may show. */
export function shortKey(key: string): string {
  return key.slice(0, 60).toWellFormed();
}

function refusalOf({ kind, key, found }: Flaw): ServiceError {
  const param = shortKey(key);
  const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found;
  const message =
    kind === 'given twice'
      ? 'is given twice: give it once'
      : `must be a number that can be read exactly, found ${shown}`;
  const logged = kind === 'given twice' ? 'a key is given twice' : 'a number cannot be read exactly';
  if (param === '') return new ServiceError(400, `The request ${message}.`, { logged });
  return new ServiceError(400, `${param} ${message}.`, { details: [{ param, message }], logged });
}
