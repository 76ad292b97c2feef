import { generateKeyPairSync } from 'node:crypto';
import { JWT_SECRET } from '../support/jwt.js';
import { runToEnd, runTokenctl, type Run } from '../support/run-tokenctl.js';

/** Nobody listens there: an app that tried to connect would not end by itself. */
const DATABASE_URL = 'postgres://somebody:s3cr3t-password@127.0.0.1:1/nowhere';
const QUERY = { DATABASE_URL, JWT_SECRET, HTTP_PORT: '0' };
const PROJECTOR = { DATABASE_URL, PROJECTOR_HTTP_PORT: '0' };
const PUBLIC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });

/** Long enough for a process to start on a busy machine, too short for a connection to be given up. */
const AT_ONCE_MS = 20_000;

type Settings = Readonly<Record<string, string>>;
type Case = readonly [name: string, settings: Settings, named: readonly string[]];

const run = (app: string, settings: Settings): Promise<Run> => runToEnd(app, [], settings);

/** Expects the end of an app over its settings: one message that names exactly these, and the exit code for it. */
function expectRefusal({ exit, stdout, output }: Run, settings: Settings, named: readonly string[]): void {
  expect({ ...exit, stdout, output }).toMatchObject({ code: 78, signal: null, stdout: '' });
  expect(output.trim().split('\n')).toHaveLength(1);
  const names = [
    ...new Set(output.match(/\b(?:ACCESS|DATABASE|NATS|HTTP|PROJECTOR|METRICS|OTEL|ANSWERS?|JWT|LOG)_[A-Z_]+\b/g)),
  ];
  expect(names.sort()).toEqual([...named].sort());
  // Values may be secrets; short ones such as "none" are words of the message too.
  for (const value of Object.values(settings).filter(({ length }) => length > 5)) expect(output).not.toContain(value);
  expect(output).not.toContain('s3cr3t');
}

const OF_BOTH: readonly Case[] = [
  ['no database', { DATABASE_URL: '' }, ['DATABASE_URL']],
  ['spaces for a database', { DATABASE_URL: '   ' }, ['DATABASE_URL']],
  ['no URL for a database', { DATABASE_URL: 'localhost-s3cr3t' }, ['DATABASE_URL']],
  ['another kind of database', { DATABASE_URL: 'mysql://s3cr3t@localhost/x' }, ['DATABASE_URL']],
  ['no URL for NATS', { NATS_URL: 'not a server' }, ['NATS_URL']],
  ['one wrong NATS server among several', { NATS_URL: 'nats://localhost:4222,ftp://s3cr3t' }, ['NATS_URL']],
  ['credentials that are not there', { NATS_CREDS: '/nowhere/s3cr3t.creds' }, ['NATS_CREDS']],
  ['a certificate that is not there', { NATS_TLS_CA: '/nowhere/s3cr3t.pem' }, ['NATS_TLS_CA']],
  ['files of another kind', { NATS_CREDS: 'package.json', NATS_TLS_CA: 'package.json' }, ['NATS_CREDS', 'NATS_TLS_CA']],
  ['an unknown log level', { LOG_LEVEL: 'chatty' }, ['LOG_LEVEL']],
  ['no URL of a collector', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, ['OTEL_EXPORTER_OTLP_ENDPOINT']],
  ['an unknown log format', { LOG_FORMAT: 'coloured' }, ['LOG_FORMAT']],
];

const OF_QUERY: readonly Case[] = [
  ['no key', { JWT_SECRET: '' }, ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL']],
  [
    'a secret and a public key',
    { JWT_PUBLIC_KEY: String(PUBLIC_KEY) },
    ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'],
  ],
  [
    'a secret and a key set',
    { JWT_JWKS_URL: 'https://issuer.test/jwks.json' },
    ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'],
  ],
  ['a short secret', { JWT_SECRET: 's3cr3t-of-31-bytes-is-too-short' }, ['JWT_SECRET']],
  ['a public key that is none', { JWT_SECRET: '', JWT_PUBLIC_KEY: 's3cr3t-nonsense' }, ['JWT_PUBLIC_KEY']],
  [
    'a key set that is no URL',
    { JWT_SECRET: '', JWT_JWKS_URL: 's3cr3t-nonsense', JWT_ACCEPT_ANY_ISSUER: 'true' },
    ['JWT_JWKS_URL'],
  ],
  [
    'a key set in a file',
    { JWT_SECRET: '', JWT_JWKS_URL: 'file:///etc/s3cr3t', JWT_ACCEPT_ANY_ISSUER: 'true' },
    ['JWT_JWKS_URL'],
  ],
  [
    'a key set that signs for anybody',
    { JWT_SECRET: '', JWT_JWKS_URL: 'https://s3cr3t.test/' },
    ['JWT_ACCEPT_ANY_ISSUER', 'JWT_AUDIENCE', 'JWT_ISSUER', 'JWT_JWKS_URL'],
  ],
  [
    'the secret for development in production',
    { JWT_SECRET: 'development-only-secret-do-not-use-in-production', NODE_ENV: 'production' },
    ['JWT_SECRET'],
  ],
  [
    'less memory than four answers',
    { ANSWERS_IN_FLIGHT_BYTES: '1000000' },
    ['ANSWERS_IN_FLIGHT_BYTES', 'ANSWER_MAX_BYTES'],
  ],
  ['no port for metrics', { METRICS_PORT: '70000' }, ['METRICS_PORT']],
  ['no algorithm at all', { JWT_ALGORITHMS: 'none' }, ['JWT_ALGORITHMS']],
  ['none among the algorithms', { JWT_ALGORITHMS: 'HS256,none' }, ['JWT_ALGORITHMS']],
  ['an algorithm that does not fit a secret', { JWT_ALGORITHMS: 'HS256,RS256' }, ['JWT_ALGORITHMS']],
  [
    'an algorithm that does not fit a public key',
    { JWT_SECRET: '', JWT_PUBLIC_KEY: String(PUBLIC_KEY), JWT_ALGORITHMS: 'ES256,HS256' },
    ['JWT_ALGORITHMS'],
  ],
  ['no answer to whether NATS needs a JWT', { NATS_REQUIRE_JWT: 'yes' }, ['NATS_REQUIRE_JWT']],
  ['a port that is none', { HTTP_PORT: 'eighty' }, ['HTTP_PORT']],
  ['a port beyond all ports', { HTTP_PORT: '65536' }, ['HTTP_PORT']],
  ['a subject prefix with a wildcard', { NATS_SUBJECT_PREFIX: 'tokens.>' }, ['NATS_SUBJECT_PREFIX']],
  ['a subject prefix with a space', { NATS_SUBJECT_PREFIX: 'charging tokens' }, ['NATS_SUBJECT_PREFIX']],
  ['a subject prefix with an empty part', { NATS_SUBJECT_PREFIX: 'charging..tokens' }, ['NATS_SUBJECT_PREFIX']],
  ['no URL for the replica', { DATABASE_REPLICA_URL: 's3cr3t-replica' }, ['DATABASE_REPLICA_URL']],
  [
    'all of it wrong',
    {
      DATABASE_URL: 's3cr3t-1',
      NATS_URL: 's3cr3t-2',
      JWT_SECRET: 's3cr3t-3',
      NATS_REQUIRE_JWT: 's3cr3t-4',
      HTTP_PORT: 's3cr3t-5',
      LOG_LEVEL: 's3cr3t-6',
      NATS_SUBJECT_PREFIX: 's3cr3t 7',
    },
    ['DATABASE_URL', 'NATS_URL', 'JWT_SECRET', 'NATS_REQUIRE_JWT', 'HTTP_PORT', 'LOG_LEVEL', 'NATS_SUBJECT_PREFIX'],
  ],
];

const OF_PROJECTOR: readonly Case[] = [
  ['a stream with a dot', { NATS_STREAM: 'CHARGING.TOKENS' }, ['NATS_STREAM']],
  ['subjects with a space', { NATS_STREAM_SUBJECTS: 'tokens.> x' }, ['NATS_STREAM_SUBJECTS']],
  ['no answer to whether to make the stream', { NATS_STREAM_CREATE: '1' }, ['NATS_STREAM_CREATE']],
  ['a port that is none', { PROJECTOR_HTTP_PORT: '-1' }, ['PROJECTOR_HTTP_PORT']],
  [
    'all of it wrong',
    {
      DATABASE_URL: '',
      NATS_URL: 's3cr3t-1',
      NATS_STREAM: 's3cr3t.2',
      NATS_STREAM_CREATE: 's3cr3t-3',
      PROJECTOR_HTTP_PORT: 's3cr3t-4',
      LOG_FORMAT: 's3cr3t-5',
    },
    ['DATABASE_URL', 'NATS_URL', 'NATS_STREAM', 'NATS_STREAM_CREATE', 'PROJECTOR_HTTP_PORT', 'LOG_FORMAT'],
  ],
];

describe.each([
  ['query', QUERY, [...OF_BOTH, ...OF_QUERY]],
  ['projector', PROJECTOR, [...OF_BOTH, ...OF_PROJECTOR]],
] as const)('%s', (app, sound, cases) => {
  test.concurrent.each(cases)(
    'with %s ends at once with exit code 78 and one line that names all that is wrong, and no value',
    async (_, wrong, named) => {
      const settings = { ...sound, ...wrong };
      expectRefusal(await run(app, settings), settings, named);
    },
    AT_ONCE_MS,
  );
});

test('query without any settings names all that are required', async () => {
  expectRefusal(await run('query', {}), {}, ['DATABASE_URL', 'JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL']);
});

test('projector without any settings names all that are required', async () => {
  expectRefusal(await run('projector', {}), {}, ['DATABASE_URL']);
});

test.each<[string[], Settings, string]>([
  [['migrate'], {}, 'DATABASE_URL'],
  [['migrate'], { DATABASE_URL: 'mysql://s3cr3t@localhost/x' }, 'DATABASE_URL'],
  [['seed', '--tokens', '1'], { NATS_URL: 's3cr3t-nats' }, 'NATS_URL'],
  [['seed', '--tokens', '1'], { NATS_CREDS: '/nowhere/s3cr3t.creds' }, 'NATS_CREDS'],
])('tokenctl %j ends in the same way', async (args, settings, named) => {
  const { exit, output } = await runTokenctl(args, settings);
  expect({ ...exit, output }).toMatchObject({ code: 78 });
  expect(output).toContain(named);
  expect(output).not.toContain('s3cr3t');
});
