import type { Protection } from '../protection.js';

const DEMO = 'test/documents/demo.spec.ts';

/** What a reader of the documents can paste, and what their programs outlive. */
export const DOCUMENTS: readonly Protection[] = [
  {
    name: 'the-live-mirror-outlives-the-query-app',
    file: 'docs/changes.md',
    text: '.catch(() => undefined)',
    off: '',
    spec: 'test/client/live-mirror.spec.ts',
    test: 'goes on after the query app was away',
  },
  {
    name: 'null-is-the-beginning-of-the-changes',
    file: 'libs/client/src/tokens-client.ts',
    text: 'let after = begin ?? undefined;',
    off: 'let after = begin;',
    spec: 'test/client/changes.spec.ts',
    test: 'begins at the beginning where it has stored null',
  },
  {
    name: 'the-demo-has-the-port-of-the-documents',
    file: 'tools/demo/place.ts',
    text: 'const NATS_PORT = 4222;',
    off: 'const NATS_PORT = 4223;',
    spec: DEMO,
    test: 'has its nats-server at the port',
  },
  {
    name: 'the-demo-has-the-token-of-the-documents',
    file: 'examples/event.json',
    text: '"A7E942F1C8D036B5A429"',
    off: '"A7E942F1C8D036B5A428"',
    spec: DEMO,
    test: 'answers uids and labels',
  },
];
