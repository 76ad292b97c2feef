import { errors } from 'jose';
import { ServiceError, unavailable } from '#service-runtime/service-error.js';

/** Turns an error of jose into the answer for the caller: 403 for a refused token, 503 where the key set cannot be reached. */
export function jwtRefusal(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof errors.JWTExpired)
    return new ServiceError(403, 'The JWT has expired; get a new one.', { cause: error });
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new ServiceError(403, `The JWT's claim "${error.claim}" is missing or not accepted here.`, { cause: error });
  }
  if (error instanceof errors.JWKSTimeout) return unavailable('key set that signs the JWTs', error);
  if (error instanceof errors.JWKSNoMatchingKey || isRefusedToken(error)) return invalid(error);
  return isUnusableKey(error) ? invalid(error) : unavailable('key set that signs the JWTs', error);
}

/**
 * The key cannot be imported: it does not fit the algorithm (a TypeError, as of a fetch that fails), or its data is bad (a DataError).
 */
function isUnusableKey(error: unknown): boolean {
  if (error instanceof DOMException) return error.name === 'DataError';
  return error instanceof TypeError && error.message !== 'fetch failed';
}

function isRefusedToken(error: unknown): boolean {
  return [
    errors.JWSInvalid,
    errors.JWTInvalid,
    errors.JWSSignatureVerificationFailed,
    errors.JOSEAlgNotAllowed,
    errors.JOSENotSupported,
  ].some((kind) => error instanceof kind);
}

function invalid(cause: unknown): ServiceError {
  return new ServiceError(403, 'The JWT is not valid: its form, signature or algorithm is not accepted here.', {
    cause,
  });
}
