import fc from 'fast-check';
import { resolved } from '../oracle/oracle.js';
import { aTokenEvent } from '../support/builders.js';
import { httpRequest } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { shortOrLong } from '../support/test-length.js';
import { problemWith } from './bad-request.js';
import { INSTANTS, someEvents } from './dataset.js';
import { expectError } from './service-error.js';
import { startWorld, type World } from './world.js';

const CARD = '04A2B3C4';
const CARD_REVERSED = 'C4B3A204';
const PAST = '2025-01-01T00:00:00.000Z';
const FUTURE = '2999-12-31T23:59:59.999Z';

/** Several tokens of one card, and one of the card with the reversed uid. */
const TWINS = (['inactive', 'expired', 'notYetValid', 'usable', 'usable'] as const).map((status, i) =>
  aTokenEvent('token.created', {
    id: 1_001 + i,
    customerId: 11 + i,
    identifier: { type: 'rfid', uid: i === 4 ? CARD_REVERSED : CARD, label: null, appUserId: null },
    isActive: status !== 'inactive',
    validFrom: status === 'notYetValid' ? FUTURE : PAST,
    expiresAt: status === 'expired' ? PAST : null,
  }),
);

/** White space that is no separator stays where an identifier begins or ends with it. */
const ENDS = ['\t', '\u00a0', '\ufeff', '\u3000'].map((end, i) => ({ uid: `${end}N${i}`, label: `N${i}${end}` }));

/** So many texts. */
const as = (count: number) => Array.from({ length: count }, () => 'a');

interface Resolved {
  readonly data: readonly { readonly status: string; readonly token: { readonly id: number } | null }[];
}

describe('uids and labels', () => {
  let world: World;

  beforeAll(async () => {
    const ends = ENDS.map((end, i) => aTokenEvent('token.created', { id: 1_101 + i, identifier: end }));
    world = await startWorld([...someEvents(200), ...TWINS, ...ends]);
  });

  const resolve = async (body: object, token?: string) => {
    const reply = await world.doors.resolve(body, token === undefined ? {} : { token });
    expect({ status: reply.status, body: reply.status === 200 ? '' : reply.body }).toEqual({ status: 200, body: '' });
    return reply.json<Resolved>().data;
  };
  const found = async (body: object, customerIds?: readonly number[]) =>
    (await resolve(body, customerIds && (await signToken({ customerIds })))).map(({ status, token }) => [
      status,
      token?.id,
    ]);

  test('are resolved as the list shows them, whatever white space they begin or end with', async () => {
    const [uids, labels] = [ENDS.map(({ uid }) => uid), ENDS.map(({ label }) => label)];
    const ids = ENDS.map((_, i) => ['usable', 1_101 + i]);
    expect(await found({ uids, labels })).toEqual([...ids, ...ids]);
    for (const text of [...uids, ...labels])
      expect(resolved(world.tokens, uids.includes(text) ? 'uid' : 'label', text, PAST).status).not.toBe('unknown');
  });

  test('are resolved in the order asked, whatever their spelling, as a plain look at all tokens resolves them', async () => {
    const spelt = (texts: readonly string[]) =>
      fc
        .tuple(
          fc.constantFrom(...texts),
          fc.constantFrom('', '-', ':', ' ', '_'),
          fc.constantFrom('', 'VID:', 'vid:'),
          fc.constantFrom('as it is', 'lower', 'reversed', 'cut'),
        )
        .map(([text, separator, prefix, how]) => {
          if (how === 'cut') return text.slice(0, -1) || text;
          if (how === 'reversed') return (text.match(/../g) ?? [text]).reverse().join('');
          return prefix + [...(how === 'lower' ? text.toLowerCase() : text)].join(separator);
        });
    const { tokens } = world;
    const uids = tokens.map(({ identifier }) => identifier.uid);
    const labels = tokens.flatMap(({ identifier: { label } }) => label ?? []);
    const request = fc.record({
      uids: fc.array(spelt([...uids, ...labels, '--', 'nobody']), { maxLength: 30 }),
      labels: fc.array(spelt([...labels, ...uids, '%']), { maxLength: 30 }),
      at: fc.constantFrom(...INSTANTS),
    });
    let known = 0;
    const property = fc.asyncProperty(request, async (asked) => {
      const expected = [
        ...asked.uids.map((uid) => ({ uid, ...resolved(tokens, 'uid', uid, asked.at) })),
        ...asked.labels.map((label) => ({ label, ...resolved(tokens, 'label', label, asked.at) })),
      ];
      expect(await resolve(asked)).toEqual(expected);
      known += expected.filter(({ token }) => token).length;
    });
    await fc.assert(property, { numRuns: shortOrLong(40, 200) });
    expect(known).toBeGreaterThan(30);
  });

  test('that several tokens have are the best of these: as asked before reversed, usable before all others', async () => {
    expect(await found({ uids: [CARD] })).toEqual([['usable', 1_004]]);
    expect(await found({ uids: [CARD] }, [11, 12, 13])).toEqual([['notYetValid', 1_003]]);
    expect(await found({ uids: [CARD] }, [11, 12])).toEqual([['expired', 1_002]]);
    expect(await found({ uids: [CARD] }, [11, 15])).toEqual([['inactive', 1_001]]);
    expect(await found({ uids: [CARD] }, [15])).toEqual([['usable', 1_005]]);
    expect(await found({ uids: [CARD_REVERSED, CARD, CARD] })).toEqual([
      ['usable', 1_005],
      ['usable', 1_004],
      ['usable', 1_004],
    ]);
  });

  test("of customers outside the caller's scope are unknown", async () => {
    for (const customerIds of [[], [0], [404]])
      expect(await found({ uids: [CARD], labels: ['x'] }, customerIds)).toEqual([
        ['unknown', undefined],
        ['unknown', undefined],
      ]);
  });

  test('are judged now unless the caller names a moment', async () => {
    expect(await found({ uids: [CARD] }, [12])).toEqual([['expired', 1_002]]);
    expect(await found({ uids: [CARD], at: '2024-12-31T23:59:59.999Z' }, [12])).toEqual([['notYetValid', 1_002]]);
    expect(await found({ uids: [CARD], at: FUTURE }, [13])).toEqual([['usable', 1_003]]);
  });

  test('may be 1,000 together, of 255 characters each, and none at all', async () => {
    const long = Array.from({ length: 999 }, (_, i) => String(i).padEnd(255, 'x'));
    const data = await resolve({ uids: long, labels: ['y'] });
    expect(data).toHaveLength(1_000);
    expect(data.every(({ status, token }) => status === 'unknown' && token === null)).toBe(true);
    expect(await resolve({ uids: [] })).toEqual([]);
  });

  test.each<[string, string | object, string, RegExp]>([
    ['neither of them', {}, 'uids', /^is missing: send uids, labels or both$/],
    ['nothing', '', 'uids', /^is missing/],
    ['a key twice', '{"uids":["a"],"uids":["b"]}', 'uids', /^is given twice/],
    ['too many together', { uids: as(600), labels: as(401) }, 'labels', /at most 1000 together, found 600 and 401/],
    ['too many of one', { uids: as(1_001) }, 'uids', /^must be a JSON list of at most 1000 texts.*found 1001 of them/],
    ['a text for a list', { uids: 'a' }, 'uids', /^must be a JSON list.*found "a"/],
    ['an empty one', { labels: ['a', ''] }, 'labels', /^must be.*found "" at place 2/],
    ['a number', { uids: [5] }, 'uids', /^must be.*found 5 at place 1/],
    ['a long one', { uids: ['a'.repeat(256)] }, 'uids', /^must be.*of 1 to 255 characters.*at place 1/],
    ['a NUL', { uids: ['\u0000'] }, 'uids', /^must be/],
    ['null', { uids: null }, 'uids', /^must not be null/],
    ['no date-time', { uids: ['a'], at: 'now' }, 'at', /^must be an RFC 3339 date-time/],
    [
      'an unknown parameter',
      { uids: ['a'], limit: 5 },
      'limit',
      /^is no parameter of this.*allowed are uids, labels, at/,
    ],
  ])('are refused on both doors with a message that helps: %s', async (_, body, param, message) => {
    expect(problemWith(param, await world.doors.resolve(body))).toMatch(message);
  });

  test.each([
    ['no JSON', '{"uids":', /is not JSON/],
    ['a list', '[]', /must be a JSON object of parameters, found a list/],
  ])('are refused on both doors where the body is %s', async (_, body, message) => {
    expect(expectError(await world.doors.resolve(body), 400)).toMatch(message);
  });

  test('are read from the body alone, and from JSON alone', async () => {
    const url = `${world.query.url}/v2/tokens/resolve`;
    const headers = { 'content-type': 'application/json' };
    const inUrl = await httpRequest(`${url}?uids=a`, { method: 'POST', headers, body: '{"uids":["a"]}' });
    expect(problemWith('uids', inUrl)).toBe('is in the URL: put it into the JSON body');
    expectError(await httpRequest(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'a' }), 415);
    for (const method of ['GET', 'HEAD', 'DELETE']) {
      const { status, headers: answered } = await httpRequest(url, { method });
      expect([status, answered.get('allow')]).toEqual([405, 'POST']);
    }
    expectError(await world.doors.resolve({ uids: ['a'] }, { token: 'none' }), 403);
  });
});
