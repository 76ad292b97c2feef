import type { Environment } from '#service-runtime/settings/environment.js';

export interface LimitSettings {
  /** undefined: callers may send any number of requests. */
  readonly rateLimit: { readonly requests: number; readonly seconds: number } | undefined;
  /** The origins whose pages may read answers in a browser; `*`: all. */
  readonly corsOrigins: readonly string[];
}

export function readLimitSettings(environment: Environment): LimitSettings {
  const requests = environment.integer('RATE_LIMIT_REQUESTS', 0, 0, 1_000_000_000);
  const seconds = environment.integer('RATE_LIMIT_SECONDS', 60, 1, 86_400);
  const corsOrigins = (environment.optional('CORS_ORIGINS') ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  if (!corsOrigins.every(isOrigin))
    environment.problem(
      'CORS_ORIGINS must be * or origins such as https://app.example.com, comma-separated, each without a path',
    );
  return { rateLimit: requests === 0 ? undefined : { requests, seconds }, corsOrigins };
}

/** A browser compares the whole text, so a slash at its end would never fit. */
function isOrigin(text: string): boolean {
  return text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text);
}
