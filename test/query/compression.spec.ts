import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { aTokenEvent } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startWorld, type World } from './world.js';

interface Raw {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

const TOKENS = 200;

describe('an answer over HTTP', () => {
  let world: World;
  let jwt: string;

  beforeAll(async () => {
    world = await startWorld(
      Array.from({ length: TOKENS }, (_, index) => aTokenEvent('token.created', { id: index + 1 })),
    );
    jwt = await signToken();
  });

  function ask(path: string, accepted?: string, method = 'GET'): Promise<Raw> {
    const headers = {
      authorization: `Bearer ${jwt}`,
      ...(accepted === undefined ? {} : { 'accept-encoding': accepted }),
    };
    return new Promise((resolve, reject) => {
      request(`${world.query.url}${path}`, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      })
        .on('error', reject)
        .end();
    });
  }

  /** Goes away as soon as the answer begins. */
  function breakOff(path: string): Promise<void> {
    const headers = { authorization: `Bearer ${jwt}`, 'accept-encoding': 'gzip' };
    return new Promise((resolve) => {
      const asking = request(`${world.query.url}${path}`, { headers }, (response) => response.destroy());
      asking.on('error', () => undefined).on('close', resolve);
      asking.end();
    });
  }

  test.each([
    ['gzip', 'gzip', gunzipSync],
    ['br', 'br', brotliDecompressSync],
    ['gzip;q=0.5, br', 'br', brotliDecompressSync],
    ['deflate, gzip', 'gzip', gunzipSync],
  ])(
    'is compressed for a caller who accepts %s, as %s, to a quarter at most, and says the same',
    async (accepted, encoding, decompress) => {
      const plain = await ask('/v2/tokens');
      const compressed = await ask('/v2/tokens', accepted);
      expect(compressed.status).toBe(200);
      expect(compressed.headers['content-encoding']).toBe(encoding);
      expect(compressed.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(String(compressed.headers['vary']).toLowerCase()).toContain('accept-encoding');
      expect(compressed.headers['x-total-count']).toBe(String(TOKENS));
      expect(compressed.body.length).toBeLessThan(plain.body.length / 4);
      expect(decompress(compressed.body).equals(plain.body)).toBe(true);
    },
  );

  test.each([undefined, 'identity', 'gzip;q=0', 'compress', '', 'identity;q=1, br;q=0.1'])(
    'is sent as it is where %p is accepted',
    async (accepted) => {
      const { status, headers, body } = await ask('/v2/tokens', accepted);
      expect([status, headers['content-encoding']]).toEqual([200, undefined]);
      expect(headers['content-length']).toBe(String(body.length));
    },
  );

  test.each([
    ['an error', `/v2/tokens?${Array.from({ length: 10 }, (_, i) => `unknown${i}=1`).join('&')}`, 400],
    ['the API description', '/openapi.json', 200],
  ])('is compressed whatever it is: %s', async (_, path, status) => {
    const plain = await ask(path);
    const compressed = await ask(path, 'br');
    expect([compressed.status, compressed.headers['content-encoding']]).toEqual([status, 'br']);
    const withoutId = (body: Buffer) => body.toString().replace(/"requestId":"[^"]*"/, '');
    expect(withoutId(brotliDecompressSync(compressed.body))).toBe(withoutId(plain.body));
  });

  test('of a kilobyte at most is sent as it is', async () => {
    const { headers, body } = await ask('/v2/tokens?limit=1', 'gzip');
    expect(body.length).toBeLessThan(1_024);
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('has the same head for HEAD as for GET', async () => {
    const { headers, body } = await ask('/v2/tokens', 'gzip');
    const head = await ask('/v2/tokens', 'gzip', 'HEAD');
    expect(head.body).toHaveLength(0);
    expect(head.headers['content-encoding']).toBe('gzip');
    expect([headers['content-length'], head.headers['content-length']]).toEqual(Array(2).fill(String(body.length)));
  });

  test('gives back its memory, also where it is broken off', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ask('/v2/tokens', 'gzip')));
    await Promise.all(Array.from({ length: 20 }, () => breakOff('/v2/tokens')));
    await eventually('no memory to be held', async () => (await world.query.metrics()).get('query_answer_bytes') === 0);
    expect((await ask('/v2/tokens', 'br')).status).toBe(200);
  });
});
