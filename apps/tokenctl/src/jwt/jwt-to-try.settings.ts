import type { Environment } from '#service-runtime/settings/environment.js';
import { readJwtSettings, type JwtSettings } from '#service-runtime/settings/jwt.settings.js';

export interface JwtToTrySettings extends JwtSettings {
  readonly isProduction: boolean;
}

/** The settings by which the query app checks a JWT, so that it takes the one that is made from them. */
export function readJwtToTrySettings(environment: Environment): JwtToTrySettings {
  return { ...readJwtSettings(environment), isProduction: environment.optional('NODE_ENV') === 'production' };
}
