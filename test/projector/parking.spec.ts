import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import pg from 'pg';
import { letterDigest } from '#projection/store/letter-digest.js';
import { isParked, park } from '#projection/store/dead-letters.js';
import type { StreamMessage } from '#projection/stream/stream-message.js';
import { decode } from '#token-contract/decode.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { runTokenctl } from '../support/run-tokenctl.js';

const CREATED = '2025-01-01T00:00:00.123456789Z';
const POSITION = { generation: 1, stream: 'S', streamCreated: CREATED, sequence: 0, fingerprint: null };
const BEFORE = nanoseconds(Date.UTC(2025, 0, 2));

function nanoseconds(milliseconds: number): bigint {
  return BigInt(milliseconds) * 1_000_000n;
}

/** What a projector of the release before says to PostgreSQL. */
const PARKED_BEFORE = `insert into dead_letter (stream, stream_created, sequence, subject, headers, payload, reason)
  select $1, $2, * from unnest($3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::text[])
  on conflict (stream, stream_created, sequence) do nothing`;

function message(sequence: number, text: string | Buffer, change: Partial<StreamMessage> = {}): StreamMessage {
  const payload = Buffer.from(text);
  const headers = [['X-Naïve', ['"ü"', 'two']]] as const;
  return { sequence, subject: 'e.a', headers, payload, decoded: decode(payload), storedAtNanos: BEFORE, ...change };
}

describe('parking', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createDatabase();
    client = await connect();
  });

  beforeEach(() => client.query('truncate dead_letter'));

  async function connect(): Promise<pg.Client> {
    const connected = new pg.Client({ connectionString: database.url, application_name: 'test' });
    await connected.connect();
    atEnd('closing a connection', () => connected.end());
    return connected;
  }

  const parkAll = (messages: readonly StreamMessage[], on = client) =>
    park(
      on,
      TOKEN_PROJECTION,
      POSITION,
      messages.map((each) => ({ message: each, reason: 'no event' })),
    );
  const parkAsBefore = ({ sequence, subject, headers, payload }: StreamMessage) =>
    client.query(PARKED_BEFORE, [
      'S',
      CREATED,
      [sequence],
      [subject],
      [JSON.stringify([...headers])],
      [payload],
      ['x'],
    ]);
  const letters = async () =>
    (
      await client.query<{ text: string }>(
        `select sequence || ' ' || encode(payload, 'escape') as text from dead_letter order by id`,
      )
    ).rows.map(({ text }) => text);

  test('is by message: once each, however many had the sequence, and each is known again', async () => {
    const [one, two, three] = [message(5, 'one'), message(5, 'two'), message(5, 'one', { subject: 'e.b' })];
    for (const each of [one, two, three, two, one, three]) await parkAll([each, message(6, 'other')]);
    expect(await letters()).toEqual(['5 one', '6 other', '5 two', '5 one']);
    for (const each of [one, two, three]) expect(await isParked(client, TOKEN_PROJECTION, POSITION, each)).toBe(true);
    expect(await isParked(client, TOKEN_PROJECTION, POSITION, message(5, 'four'))).toBe(false);
    expect(await isParked(client, TOKEN_PROJECTION, { ...POSITION, streamCreated: 'later' }, one)).toBe(false);
  });

  test('keeps both of two messages that two writers park at one sequence at the same moment', async () => {
    const other = await connect();
    await client.query('begin');
    await parkAll([message(7, 'one')]);
    const second = parkAll([message(7, 'two')], other);
    await eventually('the other writer to wait', () => isLockAwaited(database, `locktype = 'transactionid'`));
    await client.query('commit');
    await second;
    expect(await letters()).toEqual(['7 one', '7 two']);
  });

  test('goes on in a projector of the release before after the migration, which gives its letters the same digests', async () => {
    await client.query(`drop index dead_letter_replayed; alter table dead_letter drop column digest;
      delete from migration where name like 'LetterDigest%'`);
    const odd = [
      message(1, Buffer.from([0, 255, 10])),
      message(2, ''),
      message(3, '"', { subject: 'e.\0', headers: [] }),
    ];
    for (const each of odd.slice(0, 2)) await parkAsBefore(each);
    await parkAsBefore({ ...odd[2]!, subject: 'e.\u2400' });
    await parkAsBefore(message(4, 'given up'));
    await client.query(
      `update dead_letter set resolution = 'discarded', payload = '', headers = '[]' where sequence = 4`,
    );
    expect((await runTokenctl(['migrate'], database.env)).exit.code).toBe(0);
    const { rows } = await client.query<{ digest: string }>('select digest from dead_letter order by sequence');
    expect(rows.map(({ digest }) => digest)).toEqual([...odd.map(letterDigest), '']);

    await parkAsBefore(message(2, ''));
    await parkAsBefore(message(8, 'parked by the release before'));
    await parkAll([...odd, message(8, 'parked by the release before')]);
    expect(await letters()).toHaveLength(5);
  });

  test('takes a letter without digest or contents for that of a message only where it can be', async () => {
    const known = message(4, 'given up');
    await parkAsBefore(known);
    await client.query(`update dead_letter set digest = '', resolution = 'discarded', payload = '', headers = '[]'`);
    await parkAll([known]);
    expect(await letters()).toEqual(['4 ']);
    expect(await isParked(client, TOKEN_PROJECTION, POSITION, known)).toBe(true);
    const others = [
      message(4, 'x', { subject: 'e.b' }),
      message(4, 'y', { storedAtNanos: nanoseconds(Date.now() + 120_000) }),
    ];
    for (const each of others) expect(await isParked(client, TOKEN_PROJECTION, POSITION, each)).toBe(false);
    for (const each of others) await parkAll([each]);
    expect(await letters()).toEqual(['4 ', '4 x', '4 y']);
  });
});
