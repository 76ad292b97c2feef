import { tokenProjection } from '#token-read-model/token-projection.js';
import fc from 'fast-check';
import type { DomainEvent } from '#token-contract/events.js';
import type { StreamMessage } from '#projection/stream/stream-message.js';
import { deliveries, eventSet } from '../oracle/arbitraries.js';
import { listOf, tokensOf } from '../oracle/oracle.js';
import { POISON } from '../oracle/poison.js';
import { aTokenEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { CrashPoint } from './crashing-client.js';
import { ReadModelUnderTest, streamMessage } from './read-model-under-test.js';
import { shortOrLong } from '../support/test-length.js';

const UNKNOWN_TYPE = JSON.stringify({ specversion: '1.0', id: '1', source: '/test', type: 'token.renamed' });

/** What a stream holds: events in any order, some twice, and between them types nobody knows and poison. */
interface History {
  readonly events: readonly DomainEvent[];
  readonly messages: readonly StreamMessage[];
  readonly poison: readonly number[];
}

/** One attempt of a writer: how many messages it takes, and where it dies, if it does. */
interface Attempt {
  readonly size: number;
  readonly crashAt: CrashPoint | null;
}

const extra = fc.constantFrom(
  UNKNOWN_TYPE,
  ...Object.values(POISON).flatMap(({ payload, headers }) => (headers ? [] : [payload])),
);

const history: fc.Arbitrary<History> = eventSet.chain((events) =>
  fc
    .tuple(deliveries(events), fc.array(fc.tuple(fc.nat(), extra), { maxLength: 6 }))
    .map(([batches, extras]) => withExtras(events, batches.flat(), extras)),
);

const attempt: fc.Arbitrary<Attempt> = fc.record({
  size: fc.integer({ min: 1, max: 10 }),
  crashAt: fc.option(
    fc.oneof(
      fc.integer({ min: 0, max: 16 }),
      fc.constantFrom<CrashPoint>('before the commit', 'after the commit', 'after the commit'),
    ),
    { freq: 3 },
  ),
});

function withExtras(
  events: readonly DomainEvent[],
  delivered: readonly DomainEvent[],
  extras: readonly (readonly [at: number, payload: string | Uint8Array])[],
): History {
  const payloads: (string | Uint8Array)[] = delivered.map((event) =>
    JSON.stringify({ specversion: '1.0', id: event.eventId, source: '/test', ...event }),
  );
  for (const [at, payload] of extras) payloads.splice(at % (payloads.length + 1), 0, payload);
  const extraPayloads = new Set(extras.map(([, payload]) => payload));
  return {
    events,
    messages: payloads.map((payload, index) => streamMessage(Buffer.from(payload), index + 1)),
    poison: payloads.flatMap((payload, index) =>
      extraPayloads.has(payload) && payload !== UNKNOWN_TYPE ? [index + 1] : [],
    ),
  };
}

function created(id: number): StreamMessage {
  return streamMessage(Buffer.from(JSON.stringify(aTokenEvent('token.created', { id }))), id);
}

/** Writers may die anywhere; nothing but the time is lost. */
describe('the law, when writers die', () => {
  let database: TestDatabase;
  let model: ReadModelUnderTest;

  beforeAll(async () => {
    database = await createDatabase();
    // More members than one, and they are swept after the batch.
    model = await ReadModelUnderTest.open(database.url, tokenProjection(1, 3));
  });
  afterAll(async () => {
    await model.close();
  });

  /** Delivers from the position on, as a stream does, until everything has been applied. @returns every position seen */
  async function deliverAll(messages: readonly StreamMessage[], attempts: readonly Attempt[]): Promise<number[]> {
    await model.reset();
    const positions = [0];
    for (let i = 0; model.sequence < messages.length; i += 1) {
      const { size, crashAt } = attempts[i] ?? { size: 10, crashAt: null };
      const batch = messages.slice(model.sequence, model.sequence + size);
      if (crashAt === null) await model.deliver(batch);
      else {
        await model.deliver(batch, crashAt).catch(() => undefined);
        await model.beginAgain();
        await model.sweep(1, crashAt).catch(() => undefined);
        await model.beginAgain();
      }
      positions.push(model.sequence);
    }
    await model.sweepAll(1);
    return positions;
  }

  test('rows, counts, answers and dead letters are those of a plain fold, wherever and however often a writer died', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(attempt, { minLength: 1, maxLength: 12 }), async (stream, attempts) => {
        const positions = await deliverAll(stream.messages, attempts);
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
        expect(await model.list({ limit: 1000 })).toEqual(listOf(tokensOf(stream.events), {}));
        expect(await model.wrongCounts()).toEqual([]);
        expect((await model.deadLetters()).sort((a, b) => a - b)).toEqual(stream.poison);
      }),
      { numRuns: shortOrLong(30, 60) },
    );
  }, 120_000);

  test('leaves the same tables, to the last row, as a writer that never died', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(attempt, { minLength: 1, maxLength: 12 }), async (stream, attempts) => {
        await deliverAll(stream.messages, []);
        const expected = await model.everything();
        await deliverAll(stream.messages, attempts);
        expect(await model.everything()).toEqual(expected);
      }),
      { numRuns: shortOrLong(20, 40) },
    );
  }, 120_000);

  test('a transaction that did not commit leaves nothing, one that did is never done again', async () => {
    const messages = [1, 2, 3].map((id) => created(id));
    await model.reset();
    await expect(model.deliver(messages.slice(0, 2), 'before the commit')).rejects.toThrow();
    await model.beginAgain();
    expect(model.sequence).toBe(0);
    await expect(model.deliver(messages.slice(0, 2), 'after the commit')).rejects.toThrow('answer to the commit');
    await model.beginAgain();
    expect(model.sequence).toBe(2);
    expect((await model.list({})).count).toBe(2);
  });
});
