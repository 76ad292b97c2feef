import type { Protection } from '../protection.js';

const SHUTDOWN = 'test/faults/shutdown.spec.ts';
const SPANS = 'test/query/spans.spec.ts';
const NPM_START = 'test/faults/npm-start.spec.ts';

/** SIGTERM costs nobody an answer. */
export const STOPPING: readonly Protection[] = [
  {
    name: 'spans-sent-at-the-end',
    file: 'libs/service-runtime/src/tracing/open-telemetry.ts',
    text: 'await within(FLUSH_WITHIN_MS, this.provider.shutdown());',
    off: 'await within(FLUSH_WITHIN_MS, Promise.resolve());',
    spec: SPANS,
    test: 'goes on with the trace of its caller',
  },
  {
    name: 'no-wait-for-a-collector',
    file: 'libs/service-runtime/src/tracing/open-telemetry.ts',
    text: 'await within(FLUSH_WITHIN_MS,',
    off: 'await within(60_000,',
    spec: SPANS,
    test: 'does not hold up the end',
  },
  {
    name: 'lease-handed-back',
    file: 'libs/projection/src/projector.ts',
    text: 'await within(GOODBYE_MS, releaseLease(client, taken.lease));',
    off: '',
    spec: 'test/faults/fail-over.spec.ts',
    test: 'after SIGTERM of the leader',
  },
  {
    name: 'projector-not-ready-before-it-closes',
    file: 'libs/service-runtime/src/readiness.ts',
    text: '    this.stop();\n',
    off: '',
    spec: SHUTDOWN,
    test: 'whose batch ends in time commits it',
  },
  {
    name: 'query-not-ready-before-it-closes',
    file: 'libs/service-runtime/src/readiness.ts',
    text: 'onModuleDestroy(): void {\n    this.stop();',
    off: 'onModuleDestroy(): void {',
    spec: SHUTDOWN,
    test: 'answers what it was asked before on both doors',
  },
  {
    name: 'no-503-of-another-shape-while-closing',
    file: 'libs/service-runtime/src/http/http-app.ts',
    text: '    return503OnClosing: false,\n',
    off: '',
    spec: SHUTDOWN,
    test: 'answers what comes on one that is still busy',
  },
  {
    name: 'no-waiting-for-idle-connections',
    file: 'libs/service-runtime/src/http/http-app.ts',
    text: 'if (idle.areEnding) void',
    off: 'if (idle.areEnding && !idle.areEnding) void',
    spec: SHUTDOWN,
    test: 'waits for no connection whose last request it has answered',
  },
  {
    name: 'the-stop-is-bounded',
    file: 'libs/service-runtime/src/run-service.ts',
    text: '}, STOP_WITHIN_MS).unref();',
    off: '}, 10 * STOP_WITHIN_MS).unref();',
    spec: SHUTDOWN,
    test: 'whose batch does not end in time leaves without it',
  },
  {
    name: 'npm-puts-no-shell-between',
    file: 'package.json',
    text: '"start:query": "exec node',
    off: '"start:query": "node',
    spec: NPM_START,
    test: 'npm alone',
  },
  {
    name: 'clients-hear-of-the-end-before-it',
    file: 'libs/service-runtime/src/http/idle-connections.ts',
    text: 'while (this.areInUse() && performance.now() < until) await sleep(CHECK_EVERY_MS);',
    off: 'await sleep(this.areInUse() && until < CHECK_EVERY_MS ? 1 : 0);',
    spec: SHUTDOWN,
    test: 'loses no request on a kept connection',
  },
  {
    name: 'connections-without-a-request-are-closed',
    file: 'libs/service-runtime/src/http/idle-connections.ts',
    text: 'if (idleMs(socket) !== undefined) socket.destroy();',
    off: 'void idleMs(socket);',
    spec: 'test/query/pipelining.spec.ts',
    test: 'are waited for at the end; connections without a request are not',
  },
  {
    name: 'a-second-signal-cuts-nothing-short',
    file: 'libs/service-runtime/src/run-service.ts',
    text: 'process.on(signal, ',
    off: 'process.once(signal, ',
    spec: NPM_START,
    test: 'npm and app at once',
  },
];
