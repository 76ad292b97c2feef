import Papa from 'papaparse';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { TokenDocument } from '#token-read-model/document.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { httpList, httpRequest, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { expectBadRequest, problemWith } from './bad-request.js';
import { someEvents } from './dataset.js';
import { expectError } from './service-error.js';
import { SlowReader } from './slow-reader.js';
import { startWorld, type World } from './world.js';

const NDJSON = 'application/x-ndjson';

/** More tokens than one batch of an export has. */
const TOKENS = 700;

describe('an export of the list', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld(someEvents(TOKENS));
  });

  const ask = (query: string, accept = NDJSON, token?: string): Promise<Reply> =>
    httpList(world.query.url, query, { headers: { accept }, ...(token === undefined ? {} : { token }) });

  test.each([
    ['', null],
    ['?sortDirection=asc', null],
    ['?type=rfid&isActive=true&sortBy=updatedAt', null],
    ['?sortBy=expiresAt', null],
    ['?search=SPI&sortBy=createdAt', null],
    ['?expiresFrom=2025-01-01T00:00:00Z&sortBy=expiresAt&sortDirection=asc', null],
    ['?validFrom=2025-01-01T00:00:00Z&roamingEnabled=true&sortBy=updatedAt', null],
    ['?customerId=3&sortBy=validFrom', null],
    ['?sortBy=updatedAt', [1, 4]],
    ['?search=0&sortBy=validFrom', [1, 4]],
    ['', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ['', []],
    ['?search=no such token', null],
  ])('has what all pages have, in their order: %s for customers %j', async (query, customers) => {
    const token = await signToken(customers === null ? {} : { claims: { customer_ids: customers } });
    const page = await ask(`${query}${query === '' ? '?' : '&'}limit=1000`, 'application/json', token);
    const { data, count } = page.json<{ data: TokenDocument[]; count: number }>();
    const { status, headers, body } = await ask(query, NDJSON, token);
    expect(status).toBe(200);
    expect(body).toBe(data.map((document) => `${JSON.stringify(document)}\n`).join(''));
    expect(headers.get('x-total-count')).toBe(String(count));
    expect(headers.get('x-read-position')).toBe(page.headers.get('x-read-position'));
    expect(headers.get('x-read-lag-ms')).toMatch(/^\d+$/);
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="tokens.ndjson"');
    expect(headers.get('vary')).toBe('accept, accept-encoding');
  });

  test('says the same in CSV, with a line of names also where no token matches', async () => {
    const { headers, body } = await ask('', 'text/csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="tokens.csv"');
    const { data, errors } = Papa.parse<Record<string, string>>(body, { header: true, skipEmptyLines: true });
    expect(errors).toEqual([]);
    expect(data.map(({ id, tokenGroupIds }) => [id, tokenGroupIds])).toEqual(
      [...world.tokens]
        .sort((a, b) => b.id - a.id)
        .map(({ id, tokenGroupIds }) => [String(id), tokenGroupIds.join(' ')]),
    );
    expect((await ask('?search=no such token', 'text/csv')).body).toMatch(/^id,[\w,]+\r\n$/);
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('is compressed on the way where the caller accepts %s', async (encoding, decompress) => {
    const url = `${world.query.url}/v2/tokens`;
    const reader = await SlowReader.ask(url, { accept: NDJSON, 'accept-encoding': encoding });
    expect(reader.headers['content-encoding']).toBe(encoding);
    const bytes = await reader.bytes();
    expect(bytes.length).toBeLessThan(100_000);
    expect(decompress(bytes).toString()).toBe((await ask('')).body);
  });

  test.each([
    ['loses its database', '900', 'refusing', 'database is not reachable'],
    ['takes too long', '2', 'held', 'more than 2 seconds'],
  ] as const)('that %s before its first byte is an error like any other', async (_, seconds, network, message) => {
    const proxy = await TcpProxy.before(world.database.url);
    const settings = { DATABASE_URL: proxy.through(world.database.url), EXPORT_MAX_SECONDS: seconds };
    const query = await startQuery({ ...world.env, ...settings });
    const afterTheFirstTokens = proxy.holdBefore(/fetch 256 from export/);
    const answer = httpList(query.url, '?ids=1', { headers: { accept: NDJSON, 'accept-encoding': 'br' } });
    await afterTheFirstTokens;
    proxy.set(network);
    // With a wrong encoding in its head it could not even be read.
    await expect(answer).resolves.toMatchObject({ status: 503 });
    const reply = await answer;
    expect(expectError(reply, 503)).toContain(message);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(reply.headers.get('retry-after')).toBe('2');
    for (const name of ['content-encoding', 'content-disposition', 'x-total-count'])
      expect([name, reply.headers.get(name)]).toEqual([name, null]);
    proxy.set('open');
    await query.stop();
  });

  test('has no pages: their parameters are a 400 that names each', async () => {
    expectBadRequest(await ask('?limit=5&offset=0&cursor=x'), 'limit', 'offset', 'cursor');
    expect(problemWith('limit', await ask('?limit=5', 'text/csv'))).toContain('text/csv is the whole list');
  });

  test('refuses what the list refuses', async () => {
    problemWith('type', await ask('?type=card'));
    expectError(await ask('', NDJSON, 'none'), 403);
    const token = await signToken({ claims: { customer_ids: [1] } });
    expectError(await ask('?customerId=2', NDJSON, token), 403);
  });

  test('waits for the position that a caller wants', async () => {
    const url = `${world.query.url}/v2/tokens`;
    const at = (position: number) =>
      httpRequest(url, { headers: { accept: NDJSON, 'x-min-position': String(position) } });
    expect((await at(world.position)).status).toBe(200);
    expect(expectError(await at(world.position + 1), 503)).toContain(`not at ${world.position + 1}`);
  });

  test('has the same head for HEAD as for GET, and no body', async () => {
    const head = await httpRequest(`${world.query.url}/v2/tokens`, { method: 'HEAD', headers: { accept: NDJSON } });
    expect([head.status, head.body]).toEqual([200, '']);
    expect(head.headers.get('x-total-count')).toBe(String(world.tokens.length));
    expect(head.headers.get('content-length')).toBeNull();
  });

  test('is measured apart from the pages, and leaves nothing open', async () => {
    const isOver = async () => (await world.query.metrics()).get('query_exports_running') === 0;
    await eventually('the last one to be over', isOver);
    const metrics = await world.query.metrics();
    const exports = [...metrics].filter(([name]) => /query_request_seconds_count.*request="export"/.test(name));
    expect(exports.length).toBeGreaterThan(0);
    const open = await world.database.query(
      `select from pg_stat_activity where datname = current_database() and application_name = 'token-query-export' and state <> 'idle'`,
    );
    expect(open).toHaveLength(0);
  });
});
