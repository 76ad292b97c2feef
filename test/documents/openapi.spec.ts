import { httpRequest } from '../support/clients.js';
import { freePort } from '../support/free-port.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { ApiUnderTest, LIST, ONE, RESOLVE, TOKENS } from './api-under-test.js';
import { jsonOf } from './project-files.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

describe('the API description', () => {
  test('is the file docs/openapi.json, for those who have no running app', () => {
    expect(jsonOf('docs/openapi.json')).toEqual(api.description);
  });

  test('describes the list, the changes, the single token and the resolving of identifiers, all for bearers of a JWT', () => {
    const { openapi, paths, components } = api.description;
    expect(openapi).toMatch(/^3\.1\./);
    expect(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
      [LIST, ['get']],
      [`${LIST}/changes`, ['get']],
      [ONE, ['get']],
      [RESOLVE, ['post']],
    ]);
    for (const path of [LIST, ONE, RESOLVE]) expect(api.operation(path).security).toEqual([{ bearer: [] }]);
    expect(components.securitySchemes['bearer']).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  test('has the parameters of the list with their defaults, all optional and explained', () => {
    const parameters = api.parameters(LIST);
    const names = [
      'search',
      'type',
      'customerId',
      'isActive',
      'roamingEnabled',
      'priority',
      'status',
      'ids',
      'tokenGroupId',
      'appUserId',
      'validFrom',
      'validTo',
      'expiresFrom',
      'expiresTo',
      'createdAtFrom',
      'createdAtTo',
      'updatedAtFrom',
      'updatedAtTo',
    ];
    expect(parameters.map(({ name }) => name)).toEqual([
      ...names,
      'sortBy',
      'sortDirection',
      'cursor',
      'offset',
      'limit',
    ]);
    expect(parameters.filter(({ required, description }) => required || !description)).toEqual([]);
    const defaults = parameters.filter(({ schema }) => schema.default !== undefined);
    expect(Object.fromEntries(defaults.map(({ name, schema }) => [name, schema.default]))).toEqual({
      sortBy: 'id',
      sortDirection: 'desc',
      offset: 0,
      limit: 500,
    });
  });

  test('has the headers of a caller who reads its own write, and of one who polls', () => {
    const polled = [['If-None-Match', false]];
    for (const path of [LIST, ONE, RESOLVE]) {
      const headers = api.operation(path).parameters.filter((parameter) => parameter.in === 'header');
      expect(headers.map(({ name, required }) => [name, required]).sort()).toEqual([
        ...(path === RESOLVE ? [] : polled),
        ['X-Min-Position', false],
      ]);
    }
  });

  test('has examples of answers that match their schemas', () => {
    for (const path of [LIST, ONE, RESOLVE]) {
      for (const { content } of Object.values(api.operation(path).responses)) {
        if (!content) continue;
        const { schema, example } = content['application/json'];
        api.expectToMatch(schema, example);
      }
    }
  });
});

describe('the description of uids and labels', () => {
  test('is what the answers are like', async () => {
    const headers = { 'content-type': 'application/json' };
    const ask = (body: string) => api.get(RESOLVE, { method: 'POST', headers, body });
    for (const [body, status] of [
      ['{"uids":["04A2B3C4"],"labels":["nobody\'s"]}', 200],
      ['{"uids":[]}', 200],
      ['{}', 400],
    ] as const) {
      const reply = await ask(body);
      expect(reply.status).toBe(status);
      api.expectAsDescribed(RESOLVE, reply);
    }
    api.expectAsDescribed(
      RESOLVE,
      await api.get(RESOLVE, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'a' }),
    );
  });
});

describe('every described default', () => {
  test('is what an absent parameter means', async () => {
    const defaults = api
      .parameters(LIST)
      .filter(({ schema }) => schema.default !== undefined)
      .map(({ name, schema }): [string, string] => [name, String(schema.default)]);
    const withoutAny = await api.get(LIST);
    api.expectAsDescribed(LIST, withoutAny);
    const { data, count } = withoutAny.json<{ data: unknown[]; count: number }>();
    expect([data.length, count]).toEqual([500, TOKENS]);
    expect((await api.listWith(...defaults)).body).toBe(withoutAny.body);
    for (const [name] of defaults) {
      const allBut = defaults.filter(([other]) => other !== name);
      expect([name, (await api.listWith(...allBut)).body === withoutAny.body]).toEqual([name, true]);
    }
  });
});

describe('every described status', () => {
  test('403 comes for no JWT, a wrong one, and a customer outside its scope', async () => {
    const wrong = [null, 'x.y.z', await signToken({ expiresIn: '-1m' }), await signToken({ algorithm: 'none' })];
    for (const [path, asked] of [
      [LIST, LIST],
      [ONE, '/v2/tokens/1'],
    ] as const) {
      for (const token of wrong) {
        const reply = await api.get(asked, { token });
        expect(reply.status).toBe(403);
        api.expectAsDescribed(path, reply);
      }
    }
    const reply = await api.get(`${LIST}?customerId=2`, { token: await signToken({ customerIds: [1] }) });
    expect(reply.status).toBe(403);
    api.expectAsDescribed(LIST, reply);
  });

  test("404 comes for a token that does not exist, and for another customer's", async () => {
    const ofAnother = { token: await signToken({ customerIds: [1] }) };
    for (const reply of [await api.get(`/v2/tokens/${TOKENS + 1}`), await api.get('/v2/tokens/1', ofAnother)]) {
      expect(reply.status).toBe(404);
      api.expectAsDescribed(ONE, reply);
    }
    expect((await api.get('/v2/tokens/2', ofAnother)).json()).toMatchObject({ id: 2, customerId: 1 });
  });

  test('503 comes while the database is away, and says when to try again', async () => {
    const nowhere = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
    const { url } = await startQuery({ ...api.system.env, DATABASE_URL: nowhere }, { when: 'listening' });
    for (const [path, asked] of [
      [LIST, LIST],
      [ONE, '/v2/tokens/1'],
    ] as const) {
      const reply = await httpRequest(`${url}${asked}`);
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
      api.expectAsDescribed(path, reply);
    }
  });
});
