import { expectBadRequest, problemWith } from './bad-request.js';
import type { Doors } from './doors.js';
import { startWorld } from './world.js';

const UNKNOWN = [
  'foo',
  'Limit',
  'LIMIT',
  'isactive',
  'IsActive',
  'customerID',
  'customer_id',
  'limit ',
  ' limit',
  'limit[]',
  'limit[0]',
  'limit.x',
  'sort',
  'page',
  'priorityChargingEnabled',
  'data',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'länge',
  '😀',
  '0',
];

describe('a parameter that the list does not know', () => {
  let doors: Doors;

  beforeAll(async () => {
    ({ doors } = await startWorld([]));
  });

  test.each(UNKNOWN)('%j is refused on both doors by its name, listing those there are', async (name) => {
    // An object literal would take __proto__ for its prototype.
    const json = `{${JSON.stringify(name)}:"1"}`;
    const [http, nats] = [await doors.http(`?${encodeURIComponent(name)}=1`), await doors.nats(json)];
    const problem = problemWith(name, http);
    expect(problemWith(name, nats)).toBe(problem);
    expect(problem).toMatch(
      /search, type, customerId, isActive, roamingEnabled, priority, status, ids, .*validFrom, validTo, .*sortBy, sortDirection, cursor, offset, limit/,
    );
  });

  test.each(['null', '{}', '[]', '{"__proto__":{"limit":5}}'])(
    'is refused over NATS whatever its value: %s',
    async (json) => {
      problemWith('__proto__', await doors.nats(`{"__proto__":${json}}`));
      problemWith('foo', await doors.nats(`{"foo":${json}}`));
    },
  );

  test('without a name is refused', async () => {
    problemWith('', await doors.http('?=5'));
    problemWith('', await doors.nats({ '': '5' }));
  });

  test('without a value is refused', async () => {
    problemWith('foo', await doors.http('?foo'));
    problemWith('foo', await doors.http('?limit=5&foo='));
  });

  test('is refused beside wrong values of known ones, all named in one answer', async () => {
    expectBadRequest(await doors.list({ foo: 1, bar: 2, limit: 0 }), 'foo', 'bar', 'limit');
  });

  test('changes nothing for those who come after it', async () => {
    await doors.nats('{"__proto__":{"limit":1},"constructor":{"prototype":{"limit":1}}}');
    expect((await doors.list()).body).toBe('{"data":[],"count":0}');
  });
});
