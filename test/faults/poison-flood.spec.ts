import { jetstream } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
import type { AppProcess } from '../support/app-process.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { createStream, type TestStream } from '../support/stream.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { metric } from './health.js';
import { shortOrLong } from '../support/test-length.js';

const GOOD = shortOrLong(10_000, 30_000);
const POISON = shortOrLong(30_000, 100_000);
const LOT = 2_000;
const NO_JSON = 'this is no event';
const WITHIN_MS = 90_000;

interface Filled {
  readonly database: TestDatabase;
  readonly stream: TestStream;
  readonly query: AppProcess;
}

describe('a flood of poison', () => {
  async function filled(payloads: readonly string[]): Promise<Filled> {
    const [database, stream] = await Promise.all([createDatabase(), createStream()]);
    const client = jetstream(stream.nats, { timeout: 20_000 });
    for (let at = 0; at < payloads.length; at += LOT) {
      const lot = payloads.slice(at, at + LOT);
      await Promise.all(lot.map((payload) => client.publish(`${stream.prefix}.events.flood`, payload)));
    }
    return { database, stream, query: await startQuery({ ...database.env, ...stream.env }) };
  }

  async function reaches({ query }: Filled, sequence: number): Promise<void> {
    const isThere = async () =>
      Number((await httpList(query.url, { limit: 1 })).headers.get('x-read-position')) >= sequence;
    await eventually(`position ${sequence}`, isThere, { within: WITHIN_MS });
  }

  /** @returns the projector, and milliseconds from its start until a position is reached */
  async function project(parts: Filled, sequence: number): Promise<{ projector: AppProcess; ms: number }> {
    const startedAt = performance.now();
    const projector = await startProjector({ ...parts.database.env, ...parts.stream.env });
    await reaches(parts, sequence);
    return { projector, ms: performance.now() - startedAt };
  }

  test('of tens of thousands of messages neither stops the good events among it nor slows them down by more than half', async () => {
    const good = Array.from({ length: GOOD }, () => JSON.stringify(aTokenEvent('token.created')));
    const mixed = good.flatMap((event) => [event, NO_JSON]);
    const rest = Array.from({ length: POISON - GOOD }, () => NO_JSON);
    const [alone, flooded] = await Promise.all([filled(good), filled([...mixed, ...rest])]);

    // At the same time, so that whatever else the machine does slows down both.
    const [calm, flood] = await Promise.all([project(alone, good.length), project(flooded, mixed.length)]);
    expect(GOOD / flood.ms).toBeGreaterThan(GOOD / calm.ms / 2);

    await reaches(flooded, GOOD + POISON);
    await expectReadModelOfStream(flooded, [], ({ payload }) => payload.length === NO_JSON.length);
    // Each is in the dead letters; the log tells of some, and how many more there were.
    expect(flood.projector.logsWith('parked').length).toBeLessThan(POISON / 20);
    expect(await metric(flood.projector, 'projector_events_total')).toBe(GOOD + POISON);
  }, 180_000);
});
