import { errors } from 'jose';
import { ServiceError, unavailable } from '#service-runtime/service-error.js';

/** What a caller is told of an error of jose: 403 for a token that is refused, 503 where the key set is away. */
export function jwtRefusal(error: unknown): ServiceError {
  if (error instanceof errors.JWTExpired)
    return new ServiceError(403, 'The JWT has expired; get a new one.', { cause: error });
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new ServiceError(403, `The JWT's claim "${error.claim}" is missing or not accepted here.`, { cause: error });
  }
  if (error instanceof errors.JWKSTimeout) return unavailable('key set that signs the JWTs', error);
  if (error instanceof errors.JWKSNoMatchingKey || isRefusedToken(error)) return invalid(error);
  // All other errors come from importing the key, which does not fit the algorithm then, or from fetching the key set.
  return error instanceof TypeError && error.message !== 'fetch failed'
    ? invalid(error)
    : unavailable('key set that signs the JWTs', error);
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
