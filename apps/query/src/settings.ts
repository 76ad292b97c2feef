import type { Environment } from '#service-runtime/settings/environment.js';
import {
  readDatabaseUrl,
  readNatsSettings,
  readSubjectPrefix,
  type NatsSettings,
} from '#service-runtime/settings/common.settings.js';
import { readJwtSettings, type JwtSettings } from './auth/jwt.settings.js';

export interface QuerySettings {
  /** The replica where there is one: the query app never writes. */
  readonly databaseUrl: string;
  readonly nats: NatsSettings;
  readonly subjectPrefix: string;
  readonly natsRequiresJwt: boolean;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly jwt: JwtSettings;
}

export function readQuerySettings(environment: Environment): QuerySettings {
  const primary = readDatabaseUrl(environment);
  const replica = environment.optional('DATABASE_REPLICA_URL');
  if (replica) environment.url('DATABASE_REPLICA_URL', replica, ['postgres:', 'postgresql:']);
  return {
    databaseUrl: replica ?? primary,
    nats: readNatsSettings(environment),
    subjectPrefix: readSubjectPrefix(environment),
    natsRequiresJwt: environment.boolean('NATS_REQUIRE_JWT', false),
    httpHost: environment.optional('HTTP_HOST') ?? '0.0.0.0',
    httpPort: environment.integer('HTTP_PORT', 3000, 0, 65_535),
    jwt: readJwtSettings(environment),
  };
}
