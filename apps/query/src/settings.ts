import type { Environment } from '#service-runtime/settings/environment.js';
import {
  readDatabaseUrl,
  readNatsSettings,
  readStreamSettings,
  readSubjectPrefix,
  type NatsSettings,
} from '#service-runtime/settings/common.settings.js';
import type { ReplySubjects } from '#service-runtime/nats-requests/reply-subjects.js';
import { readReplySubjects } from '#service-runtime/settings/reply-subjects.js';
import { readJwtSettings, type JwtSettings } from './auth/jwt.settings.js';

export interface QuerySettings {
  /** The replica where there is one: the query app never writes. */
  readonly databaseUrl: string;
  readonly nats: NatsSettings;
  readonly subjectPrefix: string;
  /** Where the answers may go. */
  readonly replies: ReplySubjects;
  readonly natsRequiresJwt: boolean;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly jwt: JwtSettings;
}

export function readQuerySettings(environment: Environment): QuerySettings {
  const primary = readDatabaseUrl(environment);
  const subjectPrefix = readSubjectPrefix(environment);
  const replica = environment.optional('DATABASE_REPLICA_URL');
  if (replica) environment.url('DATABASE_REPLICA_URL', replica, ['postgres:', 'postgresql:']);
  return {
    databaseUrl: replica ?? primary,
    nats: readNatsSettings(environment),
    subjectPrefix,
    replies: readReplySubjects(environment, subjectPrefix, readStreamSettings(environment).subjects),
    natsRequiresJwt: environment.boolean('NATS_REQUIRE_JWT', false),
    httpHost: environment.optional('HTTP_HOST') ?? '0.0.0.0',
    httpPort: environment.integer('HTTP_PORT', 3000, 0, 65_535),
    jwt: readJwtSettings(environment),
  };
}
