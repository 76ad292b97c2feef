import { aGroupDeletion, aMembershipEvent, anErasure, aTokenEvent } from '../support/builders.js';
import { natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startWorld, type World } from './world.js';

/** The example of the API's own documentation, to the letter. */
const EXAMPLE =
  '{"id":67890,"customerId":67890,' +
  '"identifier":{"type":"rfid","uid":"A7E942F1C8D036B5A429","label":"DK.SPI.V03198","appUserId":12345},' +
  '"createdAt":"2025-06-03T12:00:00.000Z","updatedAt":"2025-06-03T12:00:00.000Z",' +
  '"validFrom":"2025-06-03T12:00:00.000Z","expiresAt":"2025-12-31T23:59:59.999Z",' +
  '"isActive":true,"roamingEnabled":true,"priorityChargingEnabled":true,' +
  '"billingReference":"Bil 246","comment":"This is a comment","tokenGroupIds":[1,2,5]}';

const BARE =
  '{"id":2,"customerId":3,' +
  '"identifier":{"type":"vehicleId","uid":"x","label":null,"appUserId":null},' +
  '"createdAt":"2024-02-29T23:59:59.123Z","updatedAt":"2025-01-01T00:00:00.100Z",' +
  '"validFrom":"0001-01-01T00:00:00.000Z","expiresAt":null,' +
  '"isActive":false,"roamingEnabled":false,"priorityChargingEnabled":false,' +
  '"billingReference":null,"comment":null,"tokenGroupIds":[]}';

const LARGEST = Number.MAX_SAFE_INTEGER;

const TEXTS: readonly string[] = [
  '"quoted" and \'quoted\'',
  'back\\slash \\" \\n \\u0041',
  'line\nbreak\r\ttab',
  'Grüße ærø 充電 😀👩‍👩‍👧',
  '\u0001\u001f\u007f\u2028\u2029\ufeff\uffff',
  '</script><!-- & %00 ,{"id":1}]}',
  '',
  ' ',
  '🔌🔋🚗🌍😀'.repeat(20),
];

describe('the answer', () => {
  let world: World;

  beforeAll(async () => {
    const everything = aTokenEvent('token.created', {
      id: 67890,
      customerId: 67890,
      identifier: { uid: 'A7E942F1C8D036B5A429', label: 'DK.SPI.V03198', appUserId: 12345 },
      expiresAt: '2025-12-31T23:59:59.999Z',
      priorityChargingEnabled: true,
      billingReference: 'Bil 246',
      comment: 'This is a comment',
    });
    // Keys in another order, fields nobody knows, times in other zones and precisions.
    const bare = aTokenEvent('token.created', {
      comment: null,
      ...{ futureField: { nested: true } },
      identifier: { appUserId: null, label: null, uid: 'x', type: 'vehicleId', ...{ futureField: 1 } },
      id: 2,
      customerId: 3,
      createdAt: '2024-03-01T01:59:59.123456+02:00',
      updatedAt: '2025-01-01T00:00:00.1Z',
      validFrom: '0001-01-01t00:00:00z',
      isActive: false,
      roamingEnabled: false,
    });
    const added = (tokenGroupId: number, tokenIds: number[]) =>
      aMembershipEvent('token-group.tokens-added', { tokenGroupId, tokenIds });
    const largest = aTokenEvent('token.created', {
      id: LARGEST,
      version: LARGEST,
      customerId: LARGEST,
      identifier: { uid: 'largest', appUserId: LARGEST },
    });
    world = await startWorld([
      everything,
      bare,
      largest,
      added(5, [67890]),
      added(1, [67890]),
      added(3, [67890]),
      added(2, [67890]),
      aGroupDeletion({ tokenGroupId: 3, version: 2 }),
      ...[10, 9, 100, LARGEST].map((group) => added(group, [LARGEST])),
      ...TEXTS.map((text, i) =>
        aTokenEvent('token.created', { id: 100 + i, customerId: 9, comment: text, billingReference: text }),
      ),
      aTokenEvent('token.deleted', { id: 200, customerId: 11, isActive: true }),
      aTokenEvent('token.created', { id: 201, customerId: 11 }),
      anErasure({ id: 201, version: 5 }),
    ]);
  });

  test('has the keys and spellings of the documentation, and nothing else', async () => {
    const { body } = await world.doors.list({ customerId: 67890 });
    expect(body).toBe(`{"data":[${EXAMPLE}],"count":1}`);
  });

  test('spells what is not there as null, times in UTC with milliseconds, and nothing that is unknown', async () => {
    const { body } = await world.doors.list({ customerId: 3 });
    expect(body).toBe(`{"data":[${BARE}],"count":1}`);
  });

  test('joins tokens without a space between them', async () => {
    const { body } = await world.doors.list({ search: 'x', limit: 1 });
    expect(body).toBe(`{"data":[${BARE}],"count":1}`);
    const two = await world.doors.list({
      validFrom: '0001-01-01T00:00:00Z',
      sortBy: 'validFrom',
      sortDirection: 'asc',
      limit: 2,
    });
    expect(two.body).toMatch(/^\{"data":\[\{"id":2,[^ ]+\},\{"id":100,.*\}\],"count":13\}$/s);
  });

  test('has the largest ids as exact JSON numbers, token groups in the order of numbers', async () => {
    const { body } = await world.doors.list({ customerId: LARGEST });
    expect(body).toContain(`{"id":${LARGEST},"customerId":${LARGEST},`);
    expect(body).toContain(`"appUserId":${LARGEST}}`);
    expect(body).toContain(`"tokenGroupIds":[9,10,100,${LARGEST}]`);
  });

  test('has the one token as it stands in the list', async () => {
    expect((await world.doors.get(67890)).body).toBe(EXAMPLE);
    expect((await world.doors.get(2)).body).toBe(BARE);
  });

  test('leaves every text unharmed', async () => {
    const reply = await world.doors.list({ customerId: 9, sortDirection: 'asc' });
    const { data } = reply.json<{ data: { comment: string; billingReference: string }[] }>();
    expect(data.map(({ comment }) => comment)).toEqual(TEXTS);
    expect(data.map(({ billingReference }) => billingReference)).toEqual(TEXTS);
  });

  test('keeps a deleted token, inactive, and no erased one', async () => {
    const reply = await world.doors.list({ customerId: 11 });
    expect(reply.json()).toMatchObject({ data: [{ id: 200, isActive: false }], count: 1 });
    expect(reply.body).not.toContain('201');
  });

  test('without tokens is an empty list and 0', async () => {
    expect((await world.doors.list({ customerId: 404 })).body).toBe('{"data":[],"count":0}');
  });

  test('is JSON in UTF-8 over HTTP, of the length announced', async () => {
    const reply = await world.doors.http('?customerId=9');
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(reply.headers.get('content-length')).toBe(String(Buffer.byteLength(reply.body)));
  });

  test.each(['http', 'nats'] as const)(
    'says over %s how many there are, at which position, and how old that is',
    async (door) => {
      const lists = door === 'http' ? [world.doors.http('?limit=1')] : [world.doors.nats({ limit: 1 })];
      const { headers, ...reply } = await lists[0]!;
      expect(headers.get('x-total-count')).toBe(String(reply.json<{ count: number }>().count));
      expect(headers.get('x-total-count')).toBe('13');
      expect(headers.get('x-read-position')).toBe(String(world.position));
      expect(headers.get('x-read-lag-ms')).toMatch(/^\d+$/);
    },
  );

  test('says the position and its age on a single token too, but no total', async () => {
    const { headers } = await world.doors.get(2);
    expect(headers.get('x-read-position')).toBe(String(world.position));
    expect(headers.get('x-read-lag-ms')).toMatch(/^\d+$/);
    expect(headers.get('x-total-count')).toBeNull();
  });

  test('is never far behind while the stream is idle', async () => {
    // Long enough for the projector to have looked several times since the last event.
    const until = Date.now() + 3_000;
    const lags: number[] = [];
    await eventually('3 seconds to pass', async () => {
      lags.push(Number((await world.doors.nats({ limit: 1 })).headers.get('x-read-lag-ms')));
      return Date.now() > until;
    });
    expect(lags.length).toBeGreaterThan(20);
    expect(Math.max(...lags)).toBeLessThan(2_500);
  });

  test('does not depend on which kind of NATS body asked', async () => {
    const { nats, prefix } = world.stream;
    const { body } = await world.doors.list();
    const empty = await nats.request(`${prefix}.list`);
    expect(empty.string()).toBe(body);
    expect((await natsRequest(nats, `${prefix}.list`, {})).body).toBe(body);
  });
});
