import type { Environment } from './environment.js';
import { readCertificatesFile, readCredentialsFile } from './nats-files.js';

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export function readLogSettings(environment: Environment): LogSettings {
  return {
    level: environment.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    format: environment.oneOf('LOG_FORMAT', ['json', 'pretty'], process.stdout.isTTY ? 'pretty' : 'json'),
  };
}

/** Whether spans are wanted. The SDK of OpenTelemetry reads the address, and the other variables of its own, by itself. */
export function readTracesSpans(environment: Environment): boolean {
  const endpoint = environment.optional('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint !== undefined) environment.url('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint, ['http:', 'https:']);
  return endpoint !== undefined;
}

export interface NatsSettings {
  readonly servers: readonly string[];
  readonly credentialsFile: string | undefined;
  readonly tlsCaFile: string | undefined;
  /** The prefix of subjects for answers to our own requests. */
  readonly inboxPrefix: string;
}

export function readNatsSettings(environment: Environment): NatsSettings {
  const servers = (environment.optional('NATS_URL') ?? 'nats://127.0.0.1:4222').split(',').map((url) => url.trim());
  for (const server of servers) checkServer(environment, server);
  return {
    servers,
    credentialsFile: readCredentialsFile(environment),
    tlsCaFile: readCertificatesFile(environment),
    inboxPrefix: environment.text(
      'NATS_INBOX_PREFIX',
      '_INBOX',
      /^[^\s.*>$]+(\.[^\s.*>$]+)*$/,
      'must be a NATS subject without wildcards and $',
    ),
  };
}

function checkServer(environment: Environment, server: string): void {
  if (server === '') environment.problem('NATS_URL must name a server before and after each comma');
  environment.url('NATS_URL', server, ['nats:', 'tls:']);
  if (!URL.canParse(server)) return;
  const { host, username, password } = new URL(server);
  if (host === '') environment.problem('NATS_URL must name a host');
  if (![username, password].every(isDecodable))
    environment.problem('NATS_URL must have user and password percent-encoded, a % as %25');
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

export interface StreamSettings {
  readonly stream: string;
  readonly subjects: readonly string[];
  readonly create: boolean;
}

const SUBJECT = '(?:>|(?:\\*|[^\\s.,*>]+)(?:\\.(?:\\*|[^\\s.,*>]+))*(?:\\.>)?)';
const SUBJECTS = new RegExp(`^${SUBJECT}(?:,${SUBJECT})*$`);

export function readStreamSettings(environment: Environment): StreamSettings {
  const subjects = environment.text(
    'NATS_STREAM_SUBJECTS',
    'tokens.events.>',
    SUBJECTS,
    'must be subjects, comma-separated and without spaces, as tokens.events.>',
  );
  return {
    stream: environment.text(
      'NATS_STREAM',
      'TOKENS',
      /^[^\s.*>/\\]+$/,
      'must be a stream name without spaces and . * > / \\',
    ),
    subjects: subjects.split(','),
    create: environment.boolean('NATS_STREAM_CREATE', true),
  };
}

export function readDatabaseUrl(environment: Environment): string {
  const url = environment.required('DATABASE_URL');
  checkDatabaseUrl(environment, 'DATABASE_URL', url);
  return url;
}

/** A URL that cannot be decoded is read by the driver in its own way, and not at all by TypeORM, which runs the migrations. */
export function checkDatabaseUrl(environment: Environment, name: string, url: string): void {
  environment.url(name, url, ['postgres:', 'postgresql:']);
  if (!isDecodable(url))
    environment.problem(`${name} must have user, password and database percent-encoded, a % as %25`);
}

/** The prefix of the request subjects: `<prefix>.list`. */
export function readSubjectPrefix(environment: Environment): string {
  return environment.text(
    'NATS_SUBJECT_PREFIX',
    'tokens',
    /^[^\s.*>$][^\s.*>]*(\.[^\s.*>$][^\s.*>]*)*$/,
    'must be a NATS subject without wildcards, of which no part begins with $',
  );
}
