import type { Environment } from '#service-runtime/settings/environment.js';
import {
  readDatabaseUrl,
  readNatsSettings,
  readSubjectPrefix,
  readStreamSettings,
  type NatsSettings,
  type StreamSettings,
} from '#service-runtime/settings/common.settings.js';

export interface ProjectorSettings {
  readonly databaseUrl: string;
  readonly nats: NatsSettings;
  readonly stream: StreamSettings;
  /** Of the subjects on which operators are answered. */
  readonly subjectPrefix: string;
  readonly httpHost: string;
  readonly httpPort: number;
}

export function readProjectorSettings(environment: Environment): ProjectorSettings {
  return {
    databaseUrl: readDatabaseUrl(environment),
    nats: readNatsSettings(environment),
    stream: readStreamSettings(environment),
    subjectPrefix: readSubjectPrefix(environment),
    httpHost: environment.optional('HTTP_HOST') ?? '0.0.0.0',
    httpPort: environment.integer('PROJECTOR_HTTP_PORT', 3001, 0, 65_535),
  };
}
