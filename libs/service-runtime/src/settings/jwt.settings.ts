import type { Environment } from './environment.js';
import { ASYMMETRIC, readKeySource, type JwtKeySource } from './jwt-key.settings.js';

export interface JwtSettings {
  readonly key: JwtKeySource;
  readonly algorithms: readonly string[];
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly customersClaim: string;
}

const SYMMETRIC = ['HS256', 'HS384', 'HS512'];

export function readJwtSettings(environment: Environment): JwtSettings {
  const key = readKeySource(environment);
  const issuer = environment.optional('JWT_ISSUER');
  const audience = environment.optional('JWT_AUDIENCE');
  const acceptsAny = environment.boolean('JWT_ACCEPT_ANY_ISSUER', false);
  if (isSoleKeySet(environment) && !acceptsAny) requireIssuer(environment, issuer, audience);
  return {
    key,
    algorithms: readAlgorithms(environment, key),
    issuer,
    audience,
    customersClaim: environment.optional('JWT_CUSTOMERS_CLAIM') ?? 'customer_ids',
  };
}

function isSoleKeySet(environment: Environment): boolean {
  const others = [environment.optional('JWT_SECRET'), environment.optional('JWT_PUBLIC_KEY')];
  return environment.optional('JWT_JWKS_URL') !== undefined && others.every((other) => other === undefined);
}

/** The owner of a key set signs tokens for other services too. Without issuer and audience this service would accept them. */
function requireIssuer(environment: Environment, issuer: string | undefined, audience: string | undefined): void {
  const missing = [
    ...(issuer === undefined ? ['JWT_ISSUER'] : []),
    ...(audience === undefined ? ['JWT_AUDIENCE'] : []),
  ];
  if (missing.length === 0) return;
  environment.problem(
    `${missing.join(' and ')} must be set with JWT_JWKS_URL, whose owner signs tokens for other services too; JWT_ACCEPT_ANY_ISSUER=true takes those as well`,
  );
}

/** One family of algorithms for a key: with HS and RS together a public key could be used as a shared secret. */
function readAlgorithms(environment: Environment, key: JwtKeySource): readonly string[] {
  const fitting = key.kind === 'secret' ? SYMMETRIC : key.kind === 'publicKey' ? key.algorithms : ASYMMETRIC;
  const wanted = environment
    .optional('JWT_ALGORITHMS')
    ?.split(',')
    .map((name) => name.trim());
  if (!wanted) return key.kind === 'secret' ? ['HS256'] : fitting;
  if (wanted.some((name) => !fitting.includes(name))) {
    environment.problem(`JWT_ALGORITHMS must be a comma-separated list of ${fitting.join(', ')} to fit the key`);
  }
  return wanted;
}
