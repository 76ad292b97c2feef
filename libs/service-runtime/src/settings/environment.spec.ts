import { readDatabaseUrl, readNatsSettings, readStreamSettings } from './common.settings.js';
import { Environment, SettingsError } from './environment.js';

const readAll = (environment: Environment) => ({
  databaseUrl: readDatabaseUrl(environment),
  nats: readNatsSettings(environment),
  stream: readStreamSettings(environment),
});

describe('the environment', () => {
  test('names every wrong and missing variable at once, and no value', () => {
    const read = () =>
      Environment.read({ NATS_URL: 'http://s3cret@host', NATS_STREAM: 'a b', NATS_STREAM_CREATE: 'yes' }, readAll);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(
      /DATABASE_URL is missing; NATS_URL must .*; NATS_STREAM must .*; NATS_STREAM_CREATE must be true or false/,
    );
    expect(read).not.toThrow(/s3cret|yes/);
  });

  test('counts an empty variable as not set', () => {
    expect(Environment.read({ DATABASE_URL: 'postgres://u@h/d', NATS_STREAM: ' ' }, readAll).stream.stream).toBe(
      'TOKENS',
    );
  });
});
