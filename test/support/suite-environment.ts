/** The values that the global setup passes to every test file. */
export interface SuiteEnvironment {
  /** Part of every name on the servers. */
  readonly run: string;
  readonly databaseServer: string;
  readonly databaseTemplate: string;
  readonly natsUrl: string;
}

export function suiteEnvironment(): SuiteEnvironment {
  return {
    run: read('TEST_RUN'),
    databaseServer: read('TEST_DATABASE_SERVER'),
    databaseTemplate: read('TEST_DATABASE_TEMPLATE'),
    natsUrl: read('TEST_NATS_URL'),
  };
}

function read(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this helper works inside the jest project "system" only`);
  return value;
}
