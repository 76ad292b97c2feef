import type { Environment } from '#service-runtime/settings/environment.js';
import {
  readDatabaseUrl,
  readNatsSettings,
  readStreamSettings,
  type NatsSettings,
  type StreamSettings,
} from '#service-runtime/settings/common.settings.js';

export interface ProjectorSettings {
  readonly databaseUrl: string;
  readonly nats: NatsSettings;
  readonly stream: StreamSettings;
  readonly httpHost: string;
  readonly httpPort: number;
}

export function readProjectorSettings(environment: Environment): ProjectorSettings {
  return {
    databaseUrl: readDatabaseUrl(environment),
    nats: readNatsSettings(environment),
    stream: readStreamSettings(environment),
    httpHost: environment.optional('HTTP_HOST') ?? '0.0.0.0',
    httpPort: environment.integer('PROJECTOR_HTTP_PORT', 3001, 0, 65_535),
  };
}
