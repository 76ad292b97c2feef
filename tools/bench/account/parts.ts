import type { CallFrame, PartOf } from './profile.js';

/** A part of a program: what runs in its files, and what Node does for them. */
type Parts = readonly (readonly [part: string, files: RegExp])[];

const SYSTEM_CALLS = /^(writev|writeBuffer|writeUtf8String|writeLatin1String|readStart|shutdown)$/;
const DRIVER = /\/node_modules\/(pg|pg-[^/]+|postgres-[^/]+)\//;

const OF_BOTH: Parts = [
  ['PostgreSQL driver', DRIVER],
  [
    'metrics, log, traces',
    /\/node_modules\/(prom-client|pino[^/]*|tdigest|bintrees)\/|\/service-runtime\/src\/(request-|access-log|tracing|log)/,
  ],
];

/** Of the query app. */
export const OF_A_LIST: Parts = [
  ...OF_BOTH,
  ['JWT, limits', /\/query\/src\/(auth|limits)\/|\/node_modules\/jose\//],
  ['parameters', /\/query\/src\/parameters\/|\/node_modules\/class-validator\//],
  ['cursors, links', /\/list-tokens\/(cursor|page-links|link-header)\.|\/reading\/signed-texts\./],
  ['tags, state of the customers', /\/query\/src\/polling\//],
  ['statement, page', /\/query\/src\/(list-tokens|reading)\//],
  ['Nest', /\/node_modules\/(@nestjs\/(?!platform-fastify)|rxjs|reflect-metadata|iterare)/],
  ['Fastify', /\/node_modules\/|\/(query|service-runtime)\/src\//],
];

/** Of the projector. */
export const OF_AN_EVENT: Parts = [
  ...OF_BOTH,
  ['NATS client', /\/node_modules\/@nats-io\//],
  [
    'reading, decoding',
    /\/projection\/src\/stream\/|\/token-contract\/src\/|\/node_modules\/(ajv[^/]*|fast-uri|jsonc-parser)\//,
  ],
  ['fold, rows', /\/token-read-model\/src\//],
  ['batch: order, position, dead letters', /\/projection\/src\//],
  ['Nest and others', /\/node_modules\/|\/src\//],
];

/** A function of Node belongs to the file that called it. */
export function partsOf(parts: Parts): PartOf {
  return (stack) => {
    const running = stack[0]!;
    if (running.functionName === '(garbage collector)') return 'garbage collection';
    const file = stack.find(isFile)?.url;
    if (isSystemCall(running)) return file && DRIVER.test(file) ? 'sending to PostgreSQL' : 'sending to callers, NATS';
    return (file && parts.find(([, files]) => files.test(file))?.[0]) ?? 'Node: HTTP, streams, timers';
  };
}

function isFile({ url }: CallFrame): boolean {
  return url.startsWith('file:') || url.startsWith('/');
}

function isSystemCall({ functionName, url }: CallFrame): boolean {
  return url === '' && SYSTEM_CALLS.test(functionName);
}
