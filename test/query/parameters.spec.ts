import { aTokenEvent } from '../support/builders.js';
import { problemWith } from './bad-request.js';
import type { Doors, Values } from './doors.js';
import { startWorld, type World } from './world.js';

interface Page {
  readonly data: readonly { readonly id: number; readonly isActive: boolean }[];
  readonly count: number;
}

/** How every kind of parameter must be described to a caller who got it wrong. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  search: /text/,
  type: /rfid, virtual, vehicleId/,
  customerId: /integer from 1 to 9007199254740991/,
  isActive: /true or false/,
  roamingEnabled: /true or false/,
  priority: /true or false/,
  validFrom: /RFC 3339 date-time with a zone/,
  expiresFrom: /RFC 3339 date-time with a zone/,
  sortBy: /id, createdAt, updatedAt, validFrom, expiresAt/,
  sortDirection: /asc, desc/,
  offset: /integer from 0 to 9007199254740991/,
  limit: /integer from 1 to 1000/,
};

const NO_INTEGER = [
  ' ',
  'abc',
  '1.0',
  '1.5',
  '1e2',
  '+5',
  ' 5',
  '5 ',
  '5\n',
  '05',
  '00',
  '0x10',
  '1_000',
  '1,000',
  '٥',
  '５',
  'NaN',
  'Infinity',
  'null',
  'true',
  '-0',
  '--1',
  '-',
  '9007199254740992',
  '-9007199254740993',
  '9'.repeat(40),
];
const NO_BOOLEAN = ['TRUE', 'True', 'FALSE', '1', '0', 'yes', 'off', 't', 'true ', ' false', 'null', '""', '[]'];
const NO_TYPE = ['RFID', 'Rfid', 'vehicleid', 'VehicleId', ' rfid', 'rfid ', 'rfid,virtual', 'null', '0'];
const NO_SORT_KEY = ['ID', 'createdat', 'created_at', 'uid', 'id ', '-id', 'id,createdAt', 'constructor', '__proto__'];
const NO_DIRECTION = ['ASC', 'Desc', 'ascending', 'up', '1', 'asc ', 'desc;', 'toString'];

const wrongTexts: [string, string][] = [
  ...[...NO_INTEGER, '0', '1001', '-1', '9007199254740991'].map((text): [string, string] => ['limit', text]),
  ...[...NO_INTEGER, '-1'].map((text): [string, string] => ['offset', text]),
  ...[...NO_INTEGER, '0', '-1'].map((text): [string, string] => ['customerId', text]),
  ...['isActive', 'roamingEnabled', 'priority'].flatMap((name) =>
    NO_BOOLEAN.map((text): [string, string] => [name, text]),
  ),
  ...NO_TYPE.map((text): [string, string] => ['type', text]),
  ...NO_SORT_KEY.map((text): [string, string] => ['sortBy', text]),
  ...NO_DIRECTION.map((text): [string, string] => ['sortDirection', text]),
];

/** JSON texts, because some of them are no values of JavaScript. */
const WRONG_FOR_ALL = ['null', '[]', '{}', '{"a":{"b":[1]}}', '[[1]]'];
/** Whatever the parameter allows: nobody knows which number was meant. */
const INEXACT: ReadonlySet<string> = new Set(['1e400', '9007199254740993']);
const wrongJson: [string, string][] = [
  ...Object.keys(ALLOWED).flatMap((name) => WRONG_FOR_ALL.map((json): [string, string] => [name, json])),
  ...['limit', 'offset', 'customerId'].flatMap((name) =>
    ['true', '1.5', '-1', '[5]', '1e400', '9007199254740993', '" 5"', '"5.0"'].map((json): [string, string] => [
      name,
      json,
    ]),
  ),
  ['limit', '0'],
  ['limit', '1001'],
  ['customerId', '0'],
  ...['isActive', 'roamingEnabled', 'priority'].flatMap((name) =>
    ['0', '1', '[true]', '"False"'].map((json): [string, string] => [name, json]),
  ),
  ...['type', 'sortBy', 'sortDirection'].flatMap((name) =>
    ['0', 'true', '["rfid"]', '["id"]', '["asc"]'].map((json): [string, string] => [name, json]),
  ),
  ...['validFrom', 'expiresFrom'].flatMap((name) =>
    ['0', '1748952000000', 'true', '["2025-06-03T12:00:00Z"]'].map((json): [string, string] => [name, json]),
  ),
  ...['5', 'true', '["abc"]'].map((json): [string, string] => ['search', json]),
];

/** A value each parameter accepts. */
const FINE: Values = {
  search: 'DK',
  type: 'rfid',
  customerId: 1,
  isActive: true,
  roamingEnabled: true,
  priority: false,
  validFrom: '2025-06-03T12:00:00Z',
  expiresFrom: '2025-06-03T12:00:00Z',
  sortBy: 'id',
  sortDirection: 'asc',
  offset: 0,
  limit: 10,
};

describe('the parameters of the list', () => {
  let world: World;
  let doors: Doors;

  beforeAll(async () => {
    const events = Array.from({ length: 1_002 }, (_, i) =>
      aTokenEvent('token.created', {
        id: i + 1,
        customerId: (i % 3) + 1,
        isActive: i % 2 === 0,
        roamingEnabled: i % 5 === 0,
        priorityChargingEnabled: i % 7 === 0,
      }),
    );
    world = await startWorld(events);
    doors = world.doors;
  });

  const page = async (values: Values): Promise<Page> => {
    const reply = await doors.list(values);
    expect(reply.status).toBe(200);
    return reply.json<Page>();
  };

  test.each(wrongTexts)(
    '%s = %j is refused on both doors, saying what is allowed and what was found',
    async (name, text) => {
      const problem = problemWith(name, await doors.list({ [name]: text }));
      expect(problem).toMatch(ALLOWED[name]!);
      expect(problem).toContain(JSON.stringify(text).slice(1, -1).slice(0, 40));
    },
  );

  test.each(wrongJson)('%s = %s as JSON over NATS is refused, saying what is allowed', async (name, json) => {
    const problem = problemWith(name, await doors.nats(`{"${name}":${json}}`));
    if (json === 'null') expect(problem).toContain('null');
    else if (INEXACT.has(json)) expect(problem).toContain(`must be a number that can be read exactly, found ${json}`);
    else expect(problem).toMatch(ALLOWED[name]!);
  });

  test.each(Object.keys(ALLOWED).filter((name) => name !== 'search'))(
    'an empty %s is refused on both doors, saying so and what is allowed',
    async (name) => {
      const problem = problemWith(name, await doors.list({ [name]: '' }));
      expect(problem).toMatch(ALLOWED[name]!);
      expect(problem).toMatch(/empty/);
      problemWith(name, await doors.http(`?${name}`));
    },
  );

  test.each(Object.entries(FINE))(
    '%s given twice is refused, even with one and the same value',
    async (name, value) => {
      const pair = `${name}=${String(value)}`;
      for (const query of [`?${pair}&${pair}`, `?${pair}&${name}=`, `?${name}=&${name}=`]) {
        const problem = problemWith(name, await doors.http(query));
        expect(problem).toMatch(/once/);
        expect(problem).toMatch(ALLOWED[name]!);
      }
    },
  );

  test.each([
    ['with another value', '{"limit":1,"offset":0,"limit":2}'],
    ['with one and the same value', '{"limit":1,"limit":1}'],
    ['spelt in two ways', '{"limit":1,"\\u006cimit":1}'],
    ['after a text that looks like the end of it', '{"limit":1,"search":"}{\\"\\\\","limit":2}'],
  ])('a parameter given twice in the JSON is refused over NATS: %s', async (_, json) => {
    problemWith('limit', await doors.nats(json));
  });

  test.each(['?limit=1&%6Cimit=1', '?%6c%69mit=1&limit=2'])(
    'a parameter given twice is refused over HTTP, spelt in two ways: %s',
    async (query) => {
      problemWith('limit', await doors.http(query));
    },
  );

  test('a value that looks like a parameter is none', async () => {
    const reply = await doors.nats(String.raw`{"search":"\",\"limit\":5,{","limit":1}`);
    expect({ status: reply.status, body: reply.body }).toEqual({ status: 200, body: '{"data":[],"count":0}' });
  });

  test.each([
    ['the smallest limit', { limit: 1 }, 1],
    ['the largest limit', { limit: 1000 }, 1000],
    ['no limit, which is 500', {}, 500],
    ['an offset of none', { offset: 0, limit: 7 }, 7],
    ['an offset just before the end', { offset: 1001 }, 1],
    ['an offset at the end', { offset: 1002 }, 0],
    ['the largest offset', { offset: Number.MAX_SAFE_INTEGER, limit: 1000 }, 0],
  ])('%s is taken at its word', async (_, values: Values, length) => {
    const { data, count } = await page(values);
    expect(data).toHaveLength(length);
    expect(count).toBe(1002);
  });

  test('no parameters at all mean by id, descending, from the first', async () => {
    const bare = await doors.list();
    const spelt = await doors.list({ sortBy: 'id', sortDirection: 'desc', offset: 0, limit: 500 });
    expect(bare.body).toBe(spelt.body);
    expect(
      bare
        .json<Page>()
        .data.slice(0, 2)
        .map(({ id }) => id),
    ).toEqual([1002, 1001]);
  });

  test('an empty body and an empty object over NATS are a request without parameters', async () => {
    const { body } = await doors.list();
    expect((await doors.nats('')).body).toBe(body);
    expect((await doors.nats('{}')).body).toBe(body);
    expect((await doors.nats(' {\n} ')).body).toBe(body);
  });

  test.each([
    ['customerId', 1, 334],
    ['customerId', Number.MAX_SAFE_INTEGER, 0],
    ['isActive', true, 501],
    ['isActive', false, 501],
    ['roamingEnabled', true, 201],
    ['roamingEnabled', false, 801],
    ['priority', true, 144],
    ['priority', false, 858],
    ['type', 'rfid', 1002],
    ['type', 'virtual', 0],
    ['type', 'vehicleId', 0],
  ])('%s = %j counts exactly the tokens it means', async (name, value, count) => {
    expect((await page({ [name]: value, limit: 1 })).count).toBe(count);
  });

  test('isActive=false really answers inactive tokens only', async () => {
    const { data } = await page({ isActive: false, limit: 1000 });
    expect(new Set(data.map(({ isActive }) => isActive))).toEqual(new Set([false]));
  });

  test.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['an unescaped plus, which is a space,', '+'],
    ['other white space', '\t\u00a0\u2003\n'],
  ])('a search of %s counts as not given', async (_, search) => {
    const { body } = await doors.list({ limit: 3 });
    const written = search === '+' ? '+' : encodeURIComponent(search);
    expect((await doors.http(`?limit=3&search=${written}`)).body).toBe(body);
    if (search !== '+') expect((await doors.nats({ limit: 3, search })).body).toBe(body);
  });

  test.each([
    ['50 letters', 'x'.repeat(50)],
    ['50 characters outside of the basic plane', '😀'.repeat(50)],
    ['50 characters between spaces', `   ${'x'.repeat(50)}\t `],
    ['50 separators', '-'.repeat(50)],
  ])('a search of %s is accepted', async (_, search) => {
    expect(await page({ search })).toEqual({ data: [], count: 0 });
  });

  test.each([
    ['51 letters', 'x'.repeat(51)],
    ['51 characters outside of the basic plane', '😀'.repeat(51)],
    ['51 characters between spaces', ` ${'x'.repeat(51)} `],
    ['51 separators', '-'.repeat(51)],
    ['50 letters with a combining accent after one', `${'x'.repeat(50)}\u0301`],
  ])('a search of %s is refused with both numbers', async (_, search) => {
    expect(problemWith('search', await doors.list({ search }))).toMatch(/at most 50 characters.*51/);
  });

  test('a search with a NUL character is refused on both doors', async () => {
    problemWith('search', await doors.list({ search: 'a\0b' }));
  });

  test('a search with half a surrogate pair is refused over NATS', async () => {
    problemWith('search', await doors.nats('{"search":"a\\ud83d"}'));
  });

  test('all wrong parameters are named at once', async () => {
    const reply = await doors.list({ limit: 0, offset: -1, isActive: 'x', type: 'y', foo: 1 });
    const { details } = reply.json<{ details: { param: string }[] }>();
    expect(details.map(({ param }) => param).sort()).toEqual(['foo', 'isActive', 'limit', 'offset', 'type']);
  });
});
