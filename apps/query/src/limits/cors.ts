import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What a page may read beside the body: the headers of our answers that browsers would keep from it. */
const EXPOSED = [
  'Allow',
  'Content-Disposition',
  'ETag',
  'Link',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'X-Next-Cursor',
  'X-Read-Lag-Ms',
  'X-Read-Position',
  'X-Read-Stale',
  'X-Request-Id',
  'X-Total-Count',
];
/** Chromium keeps the answer to a preflight no longer than this. */
const PREFLIGHT_SECONDS = 7_200;

/** Lets the pages of these origins read answers in a browser. A caller's JWT comes in a header, so no cookie is ever needed. */
export function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
    // Otherwise another OPTIONS request is answered in plain text.
    strictPreflight: false,
  });
}
