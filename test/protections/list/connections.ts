import type { Protection } from '../protection.js';

const LINK = 'libs/service-runtime/src/nats-connection.ts';
const PROJECTOR = 'apps/projector/src/projector.ts';
const READER = 'apps/projector/src/consume/event-reader.ts';
const NATS = 'test/faults/nats-connection.spec.ts';
const POSTGRES = 'test/faults/postgres-connection.spec.ts';
const LARGE = 'test/faults/large-messages.spec.ts';

/** Servers that are away, silent or slow. */
export const CONNECTIONS: readonly Protection[] = [
  {
    name: 'begin-again-after-a-failure',
    file: PROJECTOR,
    text: 'await this.recover(error);',
    off: 'return this.recover(error);',
    spec: POSTGRES,
    test: 'reset and refused for a while',
  },
  {
    name: 'pause-between-attempts',
    file: PROJECTOR,
    text: 'await this.pause(pause);',
    off: '',
    spec: POSTGRES,
    test: 'reset and refused for a while',
  },
  {
    name: 'reconnect-for-ever',
    file: LINK,
    text: 'maxReconnectAttempts: -1,',
    off: '',
    spec: NATS,
    test: 'reset and refused for longer than the client tries by default',
  },
  {
    name: 'pings-find-a-half-open-connection',
    file: LINK,
    text: `pingInterval: 5_000,
    maxPingOut: 2,`,
    off: '',
    spec: NATS,
    test: 'silent: both apps notice in time',
  },
  {
    name: 'lost-connection-is-noticed-at-once',
    file: LINK,
    text: `if (signal.aborted) lost();
      signal.addEventListener('abort', lost);`,
    off: '',
    spec: 'test/faults/nats-restarted.spec.ts',
    test: 'SIGKILL nothing acknowledged is lost',
  },
  {
    name: 'refused-login-does-not-flood-the-log',
    file: LINK,
    text: '(this.up || status.error.message !== refusal)',
    off: 'refusal !== undefined',
    spec: 'test/faults/nats-login.spec.ts',
    test: 'is told in the log once',
  },
  {
    name: 'bounded-goodbye',
    file: 'apps/projector/src/lead/writer-client.ts',
    text: 'await within(GOODBYE_MS, client.end());',
    off: 'await client.end();',
    spec: NATS,
    test: 'silent on an idle stream, and PostgreSQL silent with it',
  },
  {
    name: 'bounded-release-of-the-lease',
    file: PROJECTOR,
    text: 'await within(GOODBYE_MS, releaseLease(client, lease));',
    off: 'await releaseLease(client, lease);',
    spec: NATS,
    test: 'silent on an idle stream, and PostgreSQL silent with it',
  },
  {
    name: 'bounded-fetches',
    file: READER,
    text: 'Math.floor(LOT_BYTES / this.largest)',
    off: 'BUFFER_MESSAGES',
    spec: LARGE,
    test: 'are read without being cut off',
  },
  {
    name: 'bounded-buffer',
    file: READER,
    text: 'this.buffer.length >= BUFFER_MESSAGES || this.bufferedBytes >= BUFFER_BYTES',
    off: 'this.buffer.length < 0',
    spec: LARGE,
    test: 'wait in the stream',
  },
  {
    name: 'loss-of-a-handed-out-connection',
    file: 'libs/read-model/src/pool.ts',
    text: `pool.on('connect', (client) => client.on('error', () => undefined));`,
    off: '',
    spec: 'test/read-model/pool.spec.ts',
    test: 'is heard and ends nothing',
  },
  {
    name: 'http-is-ready-without-nats',
    file: 'apps/query/src/main.ts',
    text: "link.problem, 'nats');",
    off: 'link.problem);',
    spec: 'test/query/ready-by-door.spec.ts',
    test: 'has never seen NATS is ready',
  },
  {
    name: 'a-standby-tells-the-true-lag',
    file: 'apps/projector/src/projector-metrics.ts',
    text: 'this.caughtUpAt = performance.now() - lagSeconds * 1000;',
    off: 'this.caughtUpAt = performance.now();',
    spec: 'test/faults/zombie.spec.ts',
    test: 'between two batches',
  },
  {
    name: 'a-former-leader-forgets-what-it-read',
    file: 'apps/projector/src/projector-metrics.ts',
    text: 'this.epoch.set(0);\n    this.forgetReading();',
    off: 'this.epoch.set(0);',
    spec: 'test/faults/zombie.spec.ts',
    test: 'between two batches',
  },
  {
    name: 'no-shared-sessions-for-requests',
    file: 'libs/read-model/src/pool.ts',
    text: 'requireSession(client, databaseUrl).then(() => client.query(sessionSql));',
    off: 'Promise.resolve().then(() => client.query(sessionSql));',
    spec: 'test/faults/pooler.spec.ts',
    test: 'brings a 503 to every request on both doors',
  },
  {
    name: 'no-shared-session-for-the-writer',
    file: 'apps/projector/src/lead/writer-client.ts',
    text: 'await requireSession(client, databaseUrl);',
    off: '',
    spec: 'test/faults/pooler.spec.ts',
    test: 'is named by the readiness of both apps',
  },
  {
    name: 'no-shared-session-for-migrations',
    file: 'libs/read-model/src/migrate.ts',
    text: 'await requireSessions(databaseUrl);',
    off: '',
    spec: 'test/faults/pooler.spec.ts',
    test: 'is named by the readiness of both apps',
  },
];
