import { seedEvents } from '../../tools/seed/seed-events.js';
import { ReadModelUnderTest } from './read-model-under-test.js';
import { withClient } from '../support/with-client.js';

const BATCH = 4_000;

/** Fills a read model through the projection, and leaves it as autovacuum would. */
export async function fill(databaseUrl: string, tokens: number): Promise<void> {
  const model = await ReadModelUnderTest.open(databaseUrl);
  await model.reset();
  let batch: Buffer[] = [];
  for (const { event } of seedEvents({ tokens, seed: 7, at: '2026-01-01T00:00:00.000Z' })) {
    if (batch.push(Buffer.from(JSON.stringify(event))) < BATCH) continue;
    await model.applyMessages(batch);
    batch = [];
  }
  if (batch.length > 0) await model.applyMessages(batch);
  await model.close();
  await withClient(databaseUrl, (client) => client.query('vacuum (analyze)'));
}
