import type { Protection } from '../protection.js';

const REPLIES = 'libs/service-runtime/src/nats-requests/reply-subjects.ts';
const SERVER = 'libs/service-runtime/src/nats-requests/nats-request-server.ts';
const SPEC = 'test/attacks/reply-subjects.spec.ts';

/** Callers over NATS who mean harm. */
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
];
