import { aGroupDeletion, aMembershipEvent, anErasure, aTokenEvent } from '../support/builders.js';
import { httpRequest, waitForPosition, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startWorld, type World } from './world.js';

const PAGE = 'https://page.example';

describe('a caller that polls', () => {
  let world: World;
  let mine: string;
  let everyone: string;

  beforeAll(async () => {
    world = await startWorld(
      Array.from({ length: 40 }, (_, i) => aTokenEvent('token.created', { id: i + 1, customerId: 1 + (i % 2) })),
      { CORS_ORIGINS: PAGE },
    );
    [mine, everyone] = await Promise.all([signToken({ customerIds: [1] }), signToken()]);
  });

  const ask = (path: string, token = mine, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
    httpRequest(`${world.query.url}/v2/tokens${path}`, { token, headers, method });
  const askAgain = (path: string, tag: string, token = mine) => ask(path, token, { 'if-none-match': tag });
  const tagOf = async (path: string, token = mine) => (await ask(path, token)).headers.get('etag')!;
  async function happens(...events: Parameters<typeof publish>[1] & readonly object[]): Promise<void> {
    await waitForPosition(world.query.url, await publish(world.stream, events));
  }
  const changed = (id: number, version: number, customerId: number) =>
    aTokenEvent('token.updated', { id, version, customerId, comment: `version ${version}` });

  test('gets 304 without a body and with the headers of the answer, until its own tokens change', async () => {
    const first = await ask('?limit=5');
    const tag = first.headers.get('etag')!;
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    await happens(changed(2, 2, 2));
    const again = await askAgain('?limit=5', tag);
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', tag]);
    expect(again.headers.get('x-read-position')).toBe('41');
    expect(again.headers.get('x-read-lag-ms')).toMatch(/^\d+$/);
    for (const name of ['cache-control', 'vary']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    for (const name of ['content-length', 'content-type', 'content-encoding'])
      expect(again.headers.get(name)).toBeNull();
    // One who sees both customers has got another page.
    const allTag = await tagOf('?limit=5', everyone);
    await happens(changed(1, 2, 1));
    for (const [old, token] of [
      [tag, mine],
      [allTag, everyone],
    ] as const) {
      const fresh = await askAgain('?limit=5', old, token);
      expect([fresh.status, fresh.json<{ count: number }>().count]).toEqual([200, token === mine ? 20 : 40]);
      expect(fresh.headers.get('etag')).not.toBe(old);
    }
  });

  test.each([
    ['a group of its token', () => [aMembershipEvent('token-group.tokens-added', { tokenGroupId: 7, tokenIds: [3] })]],
    ['the deletion of that group', () => [aGroupDeletion({ tokenGroupId: 7, version: 2 })]],
    ['a token that goes to another customer', () => [changed(3, 2, 2)]],
    ['a token that comes back', () => [changed(3, 3, 1)]],
    ['an erasure', () => [anErasure({ id: 3, version: 4 })]],
  ])('gets a new page after %s', async (_, events) => {
    const [page, token] = [await ask('?sortDirection=asc'), await ask('/5')];
    await happens(...events());
    const next = await askAgain('?sortDirection=asc', page.headers.get('etag')!);
    expect([next.status, next.body === page.body]).toEqual([200, false]);
    expect((await askAgain('/5', token.headers.get('etag')!)).status).toBe(304);
  });

  test('has another tag for every request, every page and every scope', async () => {
    const { headers } = await ask('?limit=2');
    const next = /cursor=([^&>]+)/.exec(headers.get('link')!)![1]!;
    const paths = [
      '',
      '?limit=2',
      '?limit=2&offset=2',
      `?limit=2&cursor=${next}`,
      '?search=5',
      '?isActive=true',
      '?ids=5',
      '/5',
      '/7',
    ];
    const tags = await Promise.all(paths.map((path) => tagOf(path)));
    const both = await signToken({ customerIds: [2, 1] });
    tags.push(await tagOf('', everyone), await tagOf('', both));
    expect(new Set(tags).size).toBe(paths.length + 2);
    // The order of the customers in a JWT, and the order of parameters, mean nothing.
    expect(await tagOf('', await signToken({ customerIds: [1, 2] }))).toBe(tags.at(-1));
    expect(await tagOf('?offset=2&limit=2')).toBe(tags[2]);
    for (const [i, path] of paths.entries()) expect((await askAgain(path, tags[i]!)).status).toBe(304);
  });

  test('is compared weakly, in lists, with *, for HEAD, and whether or not the answer was compressed', async () => {
    for (const path of ['', '/5']) {
      const tag = await tagOf(path);
      const compressed = await ask(path, mine, { 'accept-encoding': 'gzip' });
      expect(compressed.headers.get('etag')).toBe(tag);
      for (const given of [tag.slice(2), `"x", ${tag}`, `W/"a,b" ,${tag}`, '*'])
        expect([given, (await askAgain(path, given)).status]).toEqual([given, 304]);
      for (const given of ['"x"', 'W/"x"', tag.slice(3, -1), `"${tag}"`, '', '**'])
        expect([given, (await askAgain(path, given)).status]).toEqual([given, 200]);
      const head = await ask(path, mine, { 'if-none-match': tag }, 'HEAD');
      expect([head.status, head.headers.get('etag')]).toEqual([304, tag]);
    }
    const { headers } = await askAgain('', '*');
    expect(['x-total-count', 'x-next-cursor', 'link'].filter((name) => headers.has(name))).toEqual([]);
    expect((await askAgain('/4711', '*')).status).toBe(404);
    await eventually('no memory to be held', async () => (await world.query.metrics()).get('query_answer_bytes') === 0);
  });

  test('keeps the checks of a request: who asks, what, and from which position on', async () => {
    const tag = await tagOf('?customerId=1', everyone);
    const others = await signToken({ customerIds: [2] });
    expect((await askAgain('?customerId=1', tag, others)).status).toBe(403);
    expect((await askAgain('/5', await tagOf('/5'), others)).status).toBe(404);
    expect((await askAgain('?limit=0', tag)).status).toBe(400);
    const { headers } = await ask('?customerId=1', everyone);
    const at = Number(headers.get('x-read-position'));
    const from = (position: number) =>
      ask('?customerId=1', everyone, { 'if-none-match': tag, 'x-min-position': `${position}` });
    expect((await from(at)).status).toBe(304);
    const [waiting] = await Promise.all([from(at + 1), publish(world.stream, changed(5, 2, 1))]);
    expect([waiting.status, waiting.headers.get('etag') === tag]).toEqual([200, false]);
  });

  test('gets no tag where the answer depends on the time, is an export, or is of an older release', async () => {
    const none = async (reply: Promise<Reply>) => {
      const { status, headers } = await reply;
      expect([status, headers.get('etag')]).toEqual([200, null]);
    };
    await none(askAgain('?status=usable', await tagOf('')));
    await none(ask('', mine, { accept: 'application/x-ndjson', 'if-none-match': await tagOf('') }));
    const tags = [await tagOf(''), await tagOf('/5')];
    await world.database.query('update generation set schema_version = 2');
    const older = await startQuery(world.env);
    for (const [i, path] of ['', '/5'].entries()) {
      const headers = { 'if-none-match': tags[i]! };
      await none(httpRequest(`${older.url}/v2/tokens${path}`, { token: mine, headers }));
    }
    await world.database.query('update generation set schema_version = 3');
    await older.stop();
  });

  test('gets new tags after a change out of the order of the stream, and from another lineage', async () => {
    for (const change of [`turns = turns + 1`, `complete_to = position`, `lineage = gen_random_uuid()`]) {
      const tag = await tagOf('');
      await world.database.query(`update generation set ${change}`);
      expect([change, (await askAgain('', tag)).status]).toEqual([change, 200]);
    }
    await world.database.query('update generation set complete_to = null');
  });

  test('may read the tag in a browser', async () => {
    const preflight = await ask(
      '',
      mine,
      {
        origin: PAGE,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,if-none-match',
      },
      'OPTIONS',
    );
    expect(preflight.headers.get('access-control-allow-headers')).toContain('if-none-match');
    const { headers } = await ask('', mine, { origin: PAGE, 'if-none-match': await tagOf('') });
    expect([headers.get('access-control-allow-origin'), headers.get('access-control-expose-headers')]).toEqual([
      PAGE,
      expect.stringContaining('ETag'),
    ]);
  });

  test('never has 304 for a page that differs, whatever is published meanwhile, and in the end has the last page', async () => {
    const bodies = new Map<string, string>();
    let isOver = false;
    let unchanged = 0;
    const poll = async (token: string, path: string) => {
      let tag = '""';
      for (let isLast = false; !isLast;) {
        isLast = isOver;
        const { status, headers, body } = await askAgain(path, tag, token);
        if (status === 304) unchanged += 1;
        else expect([status, bodies.get(headers.get('etag')!) ?? body]).toEqual([200, body]);
        tag = headers.get('etag')!;
        if (status === 200) bodies.set(tag, body);
      }
      expect(bodies.get(tag)).toBe((await ask(path, token)).body);
    };
    const both = await signToken({ customerIds: Array.from({ length: 30 }, (_, i) => i + 1) });
    const polling = [mine, everyone, both].flatMap((token) =>
      ['?limit=10', '?search=2'].map((path) => poll(token, path)),
    );
    // It goes from customer to customer.
    polling.push(poll(everyone, '/9'));
    for (let version = 2; version < 40; version += 1)
      await publish(world.stream, changed(9 + (version % 4), version, 1 + (version % 3)));
    const last = await publish(world.stream, changed(9, 50, 1));
    await waitForPosition(world.query.url, last);
    isOver = true;
    await Promise.all(polling);
    expect(unchanged).toBeGreaterThan(0);
  });
});
