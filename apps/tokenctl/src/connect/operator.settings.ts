import {
  readDatabaseUrl,
  readNatsSettings,
  readStreamSettings,
  readSubjectPrefix,
  type NatsSettings,
} from '#service-runtime/settings/common.settings.js';
import type { Environment } from '#service-runtime/settings/environment.js';

/** The settings needed to reach the projector that leads. */
export interface LeaderSettings {
  readonly nats: NatsSettings;
  /** The prefix of the subjects on which it answers operators. */
  readonly subjectPrefix: string;
}

export function readLeaderSettings(environment: Environment): LeaderSettings {
  return { nats: readNatsSettings(environment), subjectPrefix: readSubjectPrefix(environment) };
}

export interface StatusSettings extends LeaderSettings {
  readonly databaseUrl: string;
  readonly stream: string;
}

export function readStatusSettings(environment: Environment): StatusSettings {
  return {
    ...readLeaderSettings(environment),
    databaseUrl: readDatabaseUrl(environment),
    stream: readStreamSettings(environment).stream,
  };
}
