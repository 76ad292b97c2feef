import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { createHash } from 'node:crypto';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { createStream, type TestStream } from '../support/stream.js';
import { metric } from './health.js';

const LOT = 1_000;
const UNKNOWN = '{"type":"x"}';
const roundedMilliseconds = (nanoseconds: bigint) => Math.floor(Number(nanoseconds) / 1e6);
const isRoundedAway = (nanoseconds: bigint) => BigInt(roundedMilliseconds(nanoseconds)) !== nanoseconds / 1_000_000n;

function fingerprintAt(milliseconds: number, subject: string): string {
  return createHash('sha256').update(`${milliseconds}\n${subject}\n${UNKNOWN}`).digest('hex').slice(0, 32);
}

/**
 * As a JavaScript number a time in nanoseconds has steps of 256: about one in 12,000 then is in another millisecond than it says.
 * Publishes until there is such a message, and removes what comes after it.
 */
async function publishOneRoundedAway(stream: TestStream) {
  const consumer = await jetstream(stream.nats).consumers.get(stream.name);
  for (;;) {
    for (let i = 0; i < LOT; i += 1) stream.nats.publish(`${stream.prefix}.events.x`, UNKNOWN);
    await stream.nats.flush();
    let found: { sequence: number; subject: string; nanoseconds: bigint } | undefined;
    let last = 0;
    for await (const message of await consumer.fetch({ max_messages: LOT })) {
      const { seq: sequence, subject, timestampNanos: nanoseconds } = message;
      if (isRoundedAway(nanoseconds)) found = { sequence, subject, nanoseconds };
      last = sequence;
    }
    if (!found) continue;
    const { streams } = await jetstreamManager(stream.nats);
    const after = Array.from({ length: last - found.sequence }, (_, i) => found.sequence + 1 + i);
    await Promise.all(after.map((sequence) => streams.deleteMessage(stream.name, sequence)));
    return found;
  }
}

describe('a projector whose position is at a message that a rounded time would put into another millisecond', () => {
  test('starts again and goes on, also where the release before has stored it rounded', async () => {
    const source = await createStream();
    const at = await publishOneRoundedAway(source);
    // A mirror keeps sequences and times, and ends at that message.
    const config = { mirror: { name: source.name }, subjects: [] };
    const mirror = await createStream({ config });
    const database = await createDatabase();
    const env = { ...database.env, ...mirror.env };
    const [first, query] = await Promise.all([startProjector(env), startQuery(env)]);
    await waitForPosition(query.url, at.sequence);
    await first.stop();

    const second = await startProjector(env, { when: 'listening' });
    await eventually('it to project or to halt', () => second.logs.find(({ msg }) => /projecting|halted/.test(msg)));
    expect(second.logsWith('halted')).toEqual([]);
    await second.stop();

    // The release before, should it run again, compares with the exact milliseconds of the message that it fetches.
    const [row] = await database.query<{ fingerprint: string }>(
      'select position_fingerprint as fingerprint from generation',
    );
    expect(row!.fingerprint).toBe(fingerprintAt(Number(at.nanoseconds / 1_000_000n), at.subject));
    const rounded = fingerprintAt(roundedMilliseconds(at.nanoseconds), at.subject);
    await database.query(`update generation set position_fingerprint = '${rounded}'`);
    const third = await startProjector(env);
    expect(await metric(third, 'projector_source_changed')).toBe(0);
  });
});
