import type { Environment } from '#service-runtime/settings/environment.js';
import {
  checkDatabaseUrl,
  readDatabaseUrl,
  readNatsSettings,
  readStreamSettings,
  readSubjectPrefix,
  readTracesSpans,
  type NatsSettings,
} from '#service-runtime/settings/common.settings.js';
import type { ReplySubjects } from '#service-runtime/nats-requests/reply-subjects.js';
import { readJwtSettings, type JwtSettings } from '#service-runtime/settings/jwt.settings.js';
import { readReplySubjects } from '#service-runtime/settings/reply-subjects.js';
import { readExportSettings, type ExportSettings } from './export-tokens/export.settings.js';
import { readLimitSettings, type LimitSettings } from './limits/limit.settings.js';
import { ANSWERS_IN_FLIGHT_BYTES } from './reading/read-pools.js';

const ANSWER_MAX_BYTES = 16_777_216;
const PAGE_CACHE_BYTES = 134_217_728;
const PAGE_CACHE_SECONDS = 5;
const GIGABYTE = 1_073_741_824;
/** While an answer is built it takes twice its bytes, and large answers may have three quarters of the memory. */
const ANSWERS_AT_LEAST = 4;

/** It is a class only so that Nest can inject it by its type. */
export abstract class QuerySettings {
  /** The replica if there is one: the query app never writes. */
  abstract readonly databaseUrl: string;
  abstract readonly nats: NatsSettings;
  abstract readonly subjectPrefix: string;
  /** The subjects to which the app may send answers. */
  abstract readonly replies: ReplySubjects;
  abstract readonly natsRequiresJwt: boolean;
  abstract readonly httpHost: string;
  abstract readonly httpPort: number;
  /** The port that serves `/metrics`; undefined: `httpPort`. */
  abstract readonly metricsPort: number | undefined;
  /** One of how many requests has a line in the log; 0: none. */
  abstract readonly accessLogEvery: number;
  abstract readonly tracesSpans: boolean;
  abstract readonly jwt: JwtSettings;
  /** The most bytes of one answer. */
  abstract readonly answerMaxBytes: number;
  /** The most memory for the answers of all requests together. */
  abstract readonly answersInFlightBytes: number;
  /** The most memory for pages that are kept for further requests; 0: none is kept. */
  abstract readonly pageCacheBytes: number;
  /** How long a page is kept. */
  abstract readonly pageCacheSeconds: number;
  abstract readonly exports: ExportSettings;
  abstract readonly limits: LimitSettings;
}

export function readQuerySettings(environment: Environment): QuerySettings {
  const primary = readDatabaseUrl(environment);
  const subjectPrefix = readSubjectPrefix(environment);
  const replica = environment.optional('DATABASE_REPLICA_URL');
  if (replica) checkDatabaseUrl(environment, 'DATABASE_REPLICA_URL', replica);
  return {
    databaseUrl: replica ?? primary,
    nats: readNatsSettings(environment),
    subjectPrefix,
    replies: readReplySubjects(environment, subjectPrefix, readStreamSettings(environment).subjects),
    natsRequiresJwt: environment.boolean('NATS_REQUIRE_JWT', false),
    httpHost: environment.optional('HTTP_HOST') ?? '0.0.0.0',
    httpPort: environment.integer('HTTP_PORT', 3000, 0, 65_535),
    metricsPort: environment.port('METRICS_PORT'),
    accessLogEvery: environment.integer('ACCESS_LOG_EVERY', 0, 0, 1_000_000),
    tracesSpans: readTracesSpans(environment),
    jwt: readJwtSettings(environment),
    ...readAnswerBounds(environment),
    pageCacheBytes: environment.integer('PAGE_CACHE_BYTES', PAGE_CACHE_BYTES, 0, 64 * GIGABYTE),
    pageCacheSeconds: environment.integer('PAGE_CACHE_SECONDS', PAGE_CACHE_SECONDS, 1, 3_600),
    exports: readExportSettings(environment),
    limits: readLimitSettings(environment),
  };
}

function readAnswerBounds(environment: Environment): Pick<QuerySettings, 'answerMaxBytes' | 'answersInFlightBytes'> {
  const answerMaxBytes = environment.integer('ANSWER_MAX_BYTES', ANSWER_MAX_BYTES, 65_536, GIGABYTE / 4);
  const answersInFlightBytes = environment.integer(
    'ANSWERS_IN_FLIGHT_BYTES',
    ANSWERS_IN_FLIGHT_BYTES,
    // Three quarters of it hold the largest body of a request twice.
    786_432,
    64 * GIGABYTE,
  );
  if (answersInFlightBytes < ANSWERS_AT_LEAST * answerMaxBytes)
    environment.problem(`ANSWERS_IN_FLIGHT_BYTES must be at least ${ANSWERS_AT_LEAST} times ANSWER_MAX_BYTES`);
  return { answerMaxBytes, answersInFlightBytes };
}
