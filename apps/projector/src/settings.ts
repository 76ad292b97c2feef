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
  /** What to do when the stream turns out not to be the one the read model was made from. */
  readonly onSourceChange: 'halt' | 'rebuild';
  readonly httpHost: string;
  readonly httpPort: number;
}

export function readProjectorSettings(environment: Environment): ProjectorSettings {
  return {
    databaseUrl: readDatabaseUrl(environment),
    nats: readNatsSettings(environment),
    stream: readStreamSettings(environment),
    subjectPrefix: readSubjectPrefix(environment),
    onSourceChange: environment.oneOf('ON_SOURCE_CHANGE', ['halt', 'rebuild'], 'halt'),
    httpHost: environment.optional('HTTP_HOST') ?? '0.0.0.0',
    httpPort: environment.integer('PROJECTOR_HTTP_PORT', 3001, 0, 65_535),
  };
}
