import { request } from 'node:http';
import { httpRequest, natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startWorld, type World } from './world.js';

const MADE_HERE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const SANE = [
  'a',
  'req-1',
  '0f8a3c9e-6d1b-4c86-9f5e-1f0a4f0f5a77',
  'Root=1-67891233-abcdef012345678912345678',
  'x'.repeat(128),
];
const ODD = [
  'x'.repeat(129),
  'x'.repeat(5_000),
  'two words',
  'semi;colon',
  '<script>',
  '"quoted"',
  '{"a":1}',
  'a\tb',
  '%0d%0a',
  '$(id)',
];

describe('the request id', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([], { LOG_LEVEL: 'debug' });
  });

  /** A list, an error of ours, an error of the framework, on both doors. */
  const answers = (id: string) => {
    const { query, stream } = world;
    const headers = { 'x-request-id': id };
    return Promise.all([
      httpRequest(`${query.url}/v2/tokens`, { headers }),
      httpRequest(`${query.url}/v2/tokens?limit=0`, { headers }),
      httpRequest(`${query.url}/v2/tokens`, { headers, token: null }),
      httpRequest(`${query.url}/v2/tokens/404`, { headers }),
      httpRequest(`${query.url}/nowhere`, { headers }),
      natsRequest(stream.nats, `${stream.prefix}.list`, '', headers),
      natsRequest(stream.nats, `${stream.prefix}.list`, '{"limit":0}', headers),
      natsRequest(stream.nats, `${stream.prefix}.list`, '{', headers),
      natsRequest(stream.nats, `${stream.prefix}.get`, '{"id":404}', headers),
    ]);
  };

  test.each(SANE)('%s comes back on every answer, in the body of errors too', async (id) => {
    for (const { status, headers, body } of await answers(id)) {
      expect(headers.get('x-request-id')).toBe(id);
      if (status !== 200) expect(JSON.parse(body)).toHaveProperty('requestId', id);
    }
  });

  test.each(ODD)('%j is replaced by one made here', async (id) => {
    for (const { status, headers, body } of await answers(id)) {
      const made = headers.get('x-request-id');
      expect(made).toMatch(MADE_HERE);
      expect(body).not.toContain(id);
      if (status !== 200) expect(JSON.parse(body)).toHaveProperty('requestId', made);
    }
  });

  test('is made where none is sent, another one for every request', async () => {
    const { doors } = world;
    const replies = await Promise.all([
      doors.http(''),
      doors.http('?limit=0'),
      doors.nats(''),
      doors.nats('{"limit":0}'),
    ]);
    const ids = replies.map(({ headers }) => headers.get('x-request-id'));
    for (const id of ids) expect(id).toMatch(MADE_HERE);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is made where two are sent', async () => {
    const authorization = `Bearer ${await signToken()}`;
    const id = await new Promise<string>((resolve, reject) => {
      const headers = [
        'host',
        'localhost',
        'authorization',
        authorization,
        'x-request-id',
        'one',
        'x-request-id',
        'two',
      ];
      const sent = request(`${world.query.url}/v2/tokens`, { headers }, (response) => {
        response.resume();
        resolve(String(response.headers['x-request-id']));
      });
      sent.on('error', reject).end();
    });
    expect(id).toMatch(MADE_HERE);
  });

  test.each(['http', 'nats'] as const)(
    'is in what the app logs of each failed request over %s, on the level debug',
    async (door) => {
      const { query, stream } = world;
      const id = `find-me-${door}`;
      const headers = { 'x-request-id': id };
      if (door === 'http') await httpRequest(`${query.url}/v2/tokens?limit=0`, { headers });
      else await natsRequest(stream.nats, `${stream.prefix}.list`, '{"limit":0}', headers);
      const lines = () => query.logs.filter(({ requestId }) => requestId === id);
      const [line] = await eventually('a line about the request', () => lines().length > 0 && lines());
      expect(line).toMatchObject({ requestId: id, statusCode: 400 });
    },
  );
});
