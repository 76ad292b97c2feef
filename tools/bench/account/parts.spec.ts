import { OF_A_LIST, OF_AN_EVENT, partsOf } from './parts.js';
import { sharesOf, type Profile } from './profile.js';

const ROOT = 'file:///somewhere/';
const ours = `${ROOT}dist/apps/query/src/`;

/** Each sample lasts a millisecond. */
function profileOf(...stacks: (readonly [functionName: string, url?: string][])[]): Profile {
  const nodes: Profile['nodes'][number][] = [];
  const samples = stacks.map((stack) => {
    const ids = stack.map(([functionName, url = '']) => {
      nodes.push({ id: nodes.length + 1, callFrame: { functionName, url } });
      return nodes.length;
    });
    ids.slice(1).forEach((id, i) => Object.assign(nodes[ids[i]! - 1]!, { children: [id] }));
    return ids.at(-1)!;
  });
  const roots = stacks.map((_, i) => 1 + stacks.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const root = { id: 0, callFrame: { functionName: '(root)', url: '' }, children: roots };
  return { nodes: [root, ...nodes], samples, timeDeltas: samples.map(() => 1_000) };
}

describe('the account of a profile', () => {
  test('gives each part its share of the time in which the process was busy', () => {
    const { samples, ...profile } = profileOf(
      [['(idle)']],
      [['(garbage collector)']],
      [
        ['callerOf', `${ours}auth/jwt-verifier.js`],
        ['digest', 'node:internal/crypto/hash'],
      ],
      [['write', `${ours}reading/signed-texts.js`]],
      [['read', `${ours}list-tokens/page-reader.js`]],
    );
    expect([...sharesOf({ ...profile, samples }, 1, partsOf(OF_A_LIST))].sort()).toEqual([
      ['JWT, limits', 0.25],
      ['cursors, links', 0.25],
      ['garbage collection', 0.25],
      ['statement, page', 0.25],
    ]);
  });

  test('counts only the last seconds', () => {
    const start: [string, string][] = [['start', `${ROOT}node_modules/@nestjs/core/nest-factory.js`]];
    const profile = profileOf(start, start, start, [['fold', `${ROOT}dist/libs/token-read-model/src/fold.js`]]);
    expect([...sharesOf(profile, 0.001, partsOf(OF_AN_EVENT))]).toEqual([['fold, rows', 1]]);
  });

  test('knows what is sent to PostgreSQL from what is sent to callers', () => {
    const part = partsOf(OF_A_LIST);
    const writev = { functionName: 'writev', url: '' };
    expect(part([writev, { functionName: 'bind', url: `${ROOT}node_modules/pg/lib/connection.js` }])).toBe(
      'sending to PostgreSQL',
    );
    expect(part([writev, { functionName: 'send', url: `${ROOT}node_modules/fastify/lib/reply.js` }])).toBe(
      'sending to callers, NATS',
    );
    expect(part([writev])).toBe('sending to callers, NATS');
  });

  test('finds the packages of a list', () => {
    const part = (url: string) => partsOf(OF_A_LIST)([{ functionName: 'x', url: ROOT + url }]);
    expect(part('node_modules/pg-protocol/dist/parser.js')).toBe('PostgreSQL driver');
    expect(part('node_modules/prom-client/lib/counter.js')).toBe('metrics, log, traces');
    expect(part('node_modules/@nestjs/core/router.js')).toBe('Nest');
    expect(part('node_modules/@nestjs/platform-fastify/adapter.js')).toBe('Fastify');
    expect(part('dist/libs/service-runtime/src/http/http-watch.js')).toBe('Fastify');
    expect(part('dist/libs/service-runtime/src/request-watch.js')).toBe('metrics, log, traces');
    expect(partsOf(OF_A_LIST)([{ functionName: 'x', url: 'node:http' }])).toBe('Node: HTTP, streams, timers');
  });
});
