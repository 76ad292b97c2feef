import type { Protection } from '../protection.js';

const CHECK = 'libs/service-runtime/src/http/request-check.ts';
const SPEC = 'test/query/raw-http.spec.ts';

/** The HTTP door against requests that are wrong as such, and against browsers. */
export const HTTP: readonly Protection[] = [
  {
    name: 'no-header-twice',
    file: CHECK,
    text: "const ONCE_ONLY = ['host', 'authorization', 'expect'];",
    off: 'const ONCE_ONLY: string[] = [];',
    spec: SPEC,
    test: 'is 400 where a header that may stand once stands twice: Authorization',
  },
  {
    name: 'no-header-is-passed-over',
    file: CHECK,
    text: 'request.raw.rawHeaders.length >= 2 * MAX_HEADERS',
    off: 'request.raw.rawHeaders.length >= 20 * MAX_HEADERS',
    spec: SPEC,
    test: 'is 431 with more headers than are read',
  },
  {
    name: 'host-is-wanted',
    file: CHECK,
    text: "if (host === undefined && request.raw.httpVersion === '1.1')",
    off: "if (host === undefined && request.raw.httpVersion === '9')",
    spec: SPEC,
    test: 'is 400 without a Host',
  },
  {
    name: 'expectations-have-the-one-shape',
    file: 'libs/service-runtime/src/http/http-app.ts',
    text: "server.on('checkExpectation', (request, response) => server.emit('request', request, response));",
    off: '',
    spec: SPEC,
    test: 'is 417 where it expects',
  },
  {
    name: 'answers-are-not-kept-or-framed',
    file: 'libs/service-runtime/src/http/http-app.ts',
    text: "'x-request-id': request.id, ...SAFE_HEADERS });\n    if",
    off: "'x-request-id': request.id });\n    if",
    spec: SPEC,
    test: 'is not guessed at, kept or framed by browsers: the list',
  },
  {
    name: 'bounded-echo-of-paths',
    file: CHECK,
    text: 'text.slice(0, MAX_SHOWN)',
    off: 'text',
    spec: 'test/query/errors.spec.ts',
    test: 'quotes no more than the beginning of a path',
  },
  {
    name: 'no-values-in-the-log',
    file: 'libs/service-runtime/src/service-error.ts',
    text: 'this.logged = options.logged ?? message;',
    off: 'this.logged = message;',
    spec: 'test/query/logged-requests.spec.ts',
    test: 'a uid in the place of another value is in no line of the log',
  },
  {
    name: 'no-unknown-names-in-the-log',
    file: 'apps/query/src/parameters/read-parameters.ts',
    text: '(known.has(param) ? param',
    off: "(known.has(param) || param !== '' ? param",
    spec: 'test/query/logged-requests.spec.ts',
    test: 'a uid in the place of a name, or of the whole request, is in none either',
  },
  {
    name: 'no-values-in-the-statistics',
    file: 'libs/service-runtime/src/nats-requests/nats-request-server.ts',
    text: '${problem.statusCode}: ${problem.logged}',
    off: '${problem.statusCode}: ${problem.message}',
    spec: 'test/query/logged-requests.spec.ts',
    test: 'the statistics of NATS services tell what was wrong',
  },
  {
    name: 'no-uid-in-a-logged-path',
    file: 'libs/service-runtime/src/http/error.filter.ts',
    text: 'return areIds ? ',
    off: "return areIds || url !== '' ? ",
    spec: 'test/query/logged-requests.spec.ts',
    test: 'a uid in the place of another value is in no line of the log',
  },
  {
    name: 'no-endless-key-set',
    file: 'apps/query/src/auth/fetch-key-set.ts',
    text: 'if (bytes > MAX_BYTES) throw',
    off: 'if (bytes < 0) throw',
    spec: 'test/query/jwt-keys.spec.ts',
    test: 'of an answer that does not end no more is read than a set can have',
  },
];
