import type { Protection } from '../protection.js';

const QUEUE = 'apps/query/src/reading/admission-queue.ts';
const SPEC = 'test/query/overload.spec.ts';

/** The query app while more is asked than it can answer. */
export const OVERLOAD: readonly Protection[] = [
  {
    name: 'bounded-requests-at-the-database',
    file: QUEUE,
    text: 'const held = this.free > 0 ? this.memory.reserve(bytes) : undefined;',
    off: 'const held = this.memory.reserve(bytes);',
    spec: SPEC,
    test: 'over HTTP only so many requests are at the database',
  },
  {
    name: 'bounded-wait-for-the-database',
    file: QUEUE,
    text: 'this.checking ??= setInterval(() => this.refuseTheLate(), CHECK_EVERY_MS);',
    off: '',
    spec: SPEC,
    test: 'over NATS only so many requests are at the database',
  },
  {
    name: 'the-queue-moves-on',
    file: QUEUE,
    text: 'this.queue.splice(at, 1)[0]!.admit(held);',
    off: 'return held.release();',
    spec: SPEC,
    test: 'a short stop of the database costs no answer',
  },
  {
    name: 'searches-have-a-queue-of-their-own',
    file: 'apps/query/src/reading/read-model-reader.ts',
    text: '[planned, queues.search]',
    off: '[planned, queues.plain]',
    spec: SPEC,
    test: 'a rush of searches keeps no plain list from being answered',
  },
  {
    name: 'a-connection-for-readiness',
    file: 'apps/query/src/runtime-providers.ts',
    text: 'new DatabaseProbe(pools.watch, key, logger)',
    off: 'new DatabaseProbe(pools.prepared, key, logger)',
    spec: SPEC,
    test: 'readiness looks at the database over a connection of its own',
  },
  {
    name: 'refusals-fill-no-log',
    file: 'libs/service-runtime/src/refusal-log.ts',
    text: 'if (problem === OVERLOADED) return;',
    off: '',
    spec: SPEC,
    test: 'refusals fill no log',
  },
  {
    name: 'bytes-known-before-they-are-sent',
    file: 'apps/query/src/reading/snapshot.sql.ts',
    text: 'case when octet_length(page.document) <= ${bytes} then',
    off: 'case when octet_length(page.document) * 0 <= ${bytes} then',
    spec: 'test/query/large-answers.spec.ts',
    test: 'of 270 MB together are a 413',
  },
  {
    name: 'memory-held-until-answers-have-left',
    file: 'apps/query/src/list-tokens/list-tokens.handler.ts',
    text: 'held.shrinkTo(json.length);',
    off: 'held.release();',
    spec: 'test/query/large-answers.spec.ts',
    test: 'do not harm the app',
  },
  {
    name: 'memory-of-lost-answers-is-free',
    file: 'apps/query/src/http/send-answer.ts',
    text: 'whenClosed(reply, () => held.release());',
    off: '',
    spec: 'test/query/large-answers.spec.ts',
    test: 'do not harm the app',
  },
  {
    name: 'stalled-readers-are-cut-off',
    file: 'libs/service-runtime/src/http/http-app.ts',
    text: '    connectionTimeout: STALLED_MS,\n',
    off: '',
    spec: 'test/query/slow-readers.spec.ts',
    test: 'one who takes nothing for a minute is cut off',
  },
  {
    name: 'bounded-requests-of-one-connection',
    file: 'libs/service-runtime/src/http/pipelining.ts',
    text: ' < MOST_IN_FLIGHT ? pass',
    off: ' < Infinity ? pass',
    spec: 'test/query/pipelining.spec.ts',
    test: 'are answered while they are few: 16 at a time, in order',
  },
];
