import {
  readNatsSettings,
  readStreamSettings,
  type NatsSettings,
  type StreamSettings,
} from '#service-runtime/settings/common.settings.js';
import type { Environment } from '#service-runtime/settings/environment.js';

export interface SeedSettings {
  readonly nats: NatsSettings;
  readonly stream: StreamSettings;
  /** Subjects begin with this: `tokens.events` for the stream subject `tokens.events.>`. */
  readonly baseSubject: string;
}

export function readSeedSettings(environment: Environment): SeedSettings {
  const stream = readStreamSettings(environment);
  const first = stream.subjects[0]!;
  if (!/^[^*>]+\.>$/.test(first)) {
    environment.problem('NATS_STREAM_SUBJECTS must begin with a subject that ends in .> and has no other wildcard');
  }
  return { nats: readNatsSettings(environment), stream, baseSubject: first.slice(0, -'.>'.length) };
}
