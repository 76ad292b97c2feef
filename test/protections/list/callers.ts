import type { Protection } from '../protection.js';

const REPLIES = 'libs/service-runtime/src/nats-requests/reply-subjects.ts';
const SERVER = 'libs/service-runtime/src/nats-requests/nats-request-server.ts';
const SPEC = 'test/attacks/reply-subjects.spec.ts';
const SMALL = 'test/attacks/small-messages.spec.ts';
const HEADERS = 'test/attacks/event-headers.spec.ts';

/** Callers and publishers on NATS who mean harm. */
export const CALLERS: readonly Protection[] = [
  {
    name: 'answers-go-to-inboxes-only',
    file: SERVER,
    text: ' && this.guard.mayAnswer(message)',
    off: '',
    spec: SPEC,
    test: 'no request makes an app publish to $JS.API.STREAM.PURGE.TOKENS',
  },
  {
    name: 'unusable-keys-hide-no-other',
    file: 'apps/query/src/auth/jwt-verifier.ts',
    text: ' || error instanceof TypeError',
    off: '',
    spec: 'test/query/jwt-keys.spec.ts',
    test: 'a key that nobody may use',
  },
  {
    name: 'a-key-with-bad-data-is-no-set-that-is-away',
    file: 'apps/query/src/auth/jwt-refusal.ts',
    text: "if (error instanceof DOMException) return error.name === 'DataError';",
    off: '',
    spec: 'test/query/jwt-keys.spec.ts',
    test: 'a token that names a key with bad data',
  },
  {
    name: 'discovery-answers-go-to-inboxes-only',
    file: 'libs/service-runtime/src/nats-requests/micro-protocol.ts',
    text: ' && guard.mayAnswer(message)',
    off: '',
    spec: SPEC,
    test: 'no request makes an app publish to somebody.else',
  },
  {
    name: 'no-answer-to-an-api-behind-an-inbox',
    file: REPLIES,
    text: "tokens.some((token) => token.startsWith('$'))",
    off: "tokens[0]!.startsWith('$')",
    spec: SPEC,
    test: 'no request makes an app publish to _INBOX.x.$JS.API.STREAM.PURGE.TOKENS',
  },
  {
    name: 'nothing-beside-the-data-of-an-envelope',
    file: 'libs/service-runtime/src/nats-requests/request-body.ts',
    text: 'problem: problem ?? unexpectedKeyIn(body)',
    off: 'problem: unexpectedKeyIn(body) && problem',
    spec: 'test/query/nats-requests.spec.ts',
    test: 'with a parameter beside the data of a Nest envelope is a 400',
  },
  {
    name: 'errors-fit-into-small-messages',
    file: 'libs/service-runtime/src/nats-requests/respond.ts',
    text: 'isTooLarge ? errorOf(body, shortOf(problem), id) : whole',
    off: 'isTooLarge && id === "" ? errorOf(body, shortOf(problem), id) : whole',
    spec: SMALL,
    test: 'an error that would be longer is told in short',
  },
  {
    name: 'discovery-that-does-not-fit-ends-nothing',
    file: 'libs/service-runtime/src/nats-requests/micro-protocol.ts',
    text: 'respondOrLeave(message, JSON.stringify(answer()));',
    off: 'message.respond(JSON.stringify(answer())); void respondOrLeave;',
    spec: SMALL,
    test: 'a discovery that cannot be answered does not keep the app',
  },
  {
    name: 'headers-of-events-are-not-read-by-the-client',
    file: 'libs/projection/src/stream/event-reader.ts',
    text: 'const headers = headersOf(message);',
    off: 'void message.headers; const headers = headersOf(message);',
    spec: HEADERS,
    test: 'holds up neither itself nor others: a name with a space',
  },
  {
    name: 'headers-of-stored-events-are-not-read-by-the-client',
    file: 'libs/projection/src/stream/stream.ts',
    text: 'const { seq: sequence, subject, timestamp, data: payload } = message;',
    off: 'void message.header; const { seq: sequence, subject, timestamp, data: payload } = message;',
    spec: HEADERS,
    test: 'is where a projector can begin',
  },
  {
    name: 'limited-secrets-to-try',
    file: 'apps/query/src/auth/http-jwt.guard.ts',
    text: 'if (!request.scope) await count(request.ip);',
    off: '',
    spec: 'test/query/limits.spec.ts',
    test: 'whoever has no valid JWT is one by its address',
  },
  {
    name: 'cors-leaves-the-paths-alone',
    file: 'libs/service-runtime/src/http/routes.ts',
    text: "if (url === '*') return;",
    off: '',
    spec: 'test/query/limits.spec.ts',
    test: 'there is still nothing at other paths and methods',
  },
];
