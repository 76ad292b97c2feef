import type { Environment } from '#service-runtime/settings/environment.js';
import {
  readDatabaseUrl,
  readNatsSettings,
  readSubjectPrefix,
  readTracesSpans,
  readStreamSettings,
  type NatsSettings,
  type StreamSettings,
} from '#service-runtime/settings/common.settings.js';
import type { ReplySubjects } from '#service-runtime/nats-requests/reply-subjects.js';
import { readReplySubjects } from '#service-runtime/settings/reply-subjects.js';

/** How large the database may become, in bytes; null if the operator has not set it. */
export type DatabaseLimit = number | 'unlimited' | null;

export interface ProjectorSettings {
  readonly databaseUrl: string;
  readonly nats: NatsSettings;
  readonly stream: StreamSettings;
  /** The prefix of the subjects on which the projector answers operators. */
  readonly subjectPrefix: string;
  /** The subjects to which the projector may send answers. */
  readonly replies: ReplySubjects;
  /** The reaction to a stream that is not the one the read model was made from. */
  readonly onSourceChange: 'halt' | 'rebuild';
  /** Whether a release with newer tables than the live generation's makes its own generation and makes it live. */
  readonly rebuildOnSchemaChange: boolean;
  /** How long a replaced generation is kept for a roll-back. */
  readonly keepPreviousHours: number;
  /** The share of the list, in percent, that a rebuild or a roll-back may remove without an operator's consent. */
  readonly maxLossPercent: number;
  /** How large the database may become during a rebuild. */
  readonly databaseMaxBytes: DatabaseLimit;
  readonly httpHost: string;
  readonly httpPort: number;
  /** The port that serves `/metrics`; undefined: `httpPort`. */
  readonly metricsPort: number | undefined;
  readonly tracesSpans: boolean;
}

export function readProjectorSettings(environment: Environment): ProjectorSettings {
  const stream = readStreamSettings(environment);
  const subjectPrefix = readSubjectPrefix(environment);
  return {
    databaseUrl: readDatabaseUrl(environment),
    nats: readNatsSettings(environment),
    stream,
    subjectPrefix,
    replies: readReplySubjects(environment, subjectPrefix, stream.subjects),
    onSourceChange: environment.oneOf('ON_SOURCE_CHANGE', ['halt', 'rebuild'], 'halt'),
    rebuildOnSchemaChange: environment.boolean('REBUILD_ON_SCHEMA_CHANGE', true),
    keepPreviousHours: environment.integer('REBUILD_KEEP_PREVIOUS_HOURS', 24, 0, 8_760),
    maxLossPercent: environment.integer('REBUILD_MAX_LOSS_PERCENT', 10, 0, 100),
    databaseMaxBytes: readDatabaseMaxBytes(environment),
    httpHost: environment.optional('HTTP_HOST') ?? '0.0.0.0',
    httpPort: environment.integer('PROJECTOR_HTTP_PORT', 3001, 0, 65_535),
    metricsPort: environment.port('PROJECTOR_METRICS_PORT'),
    tracesSpans: readTracesSpans(environment),
  };
}

function readDatabaseMaxBytes(environment: Environment): DatabaseLimit {
  const must = 'must be a number of bytes or the word unlimited';
  const value = environment.text('DATABASE_MAX_BYTES', '', /^(\d{1,15}|unlimited|)$/, must);
  if (value === '' || value === 'unlimited') return value || null;
  return Number(value);
}
