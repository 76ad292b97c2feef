import { jetstreamManager } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import type { System } from '../support/system.js';
import { Rebuilds } from './rebuilds.js';

const COMPACTED = { max_msgs_per_subject: 1 };
const FORMER = 50;
const FLOOD = 15_000;

const tokens = (count: number) => Array.from({ length: count }, () => aTokenEvent('token.created'));

/** Of a stream with a limit per subject no sequence tells where a message belongs. */
describe('a roll-back to what a former stream made', () => {
  let system: Pick<System, 'database' | 'stream'>;
  let rebuilds: Rebuilds;

  beforeAll(async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream({ config: COMPACTED })]);
    system = { database, stream };
    rebuilds = new Rebuilds(system);
    const env = { ...database.env, ...stream.env };
    const [, query] = await Promise.all([startProjector(env), startQuery(env)]);
    await waitForPosition(query.url, await publish(stream, tokens(FORMER)));
    const { streams } = await jetstreamManager(stream.nats);
    await streams.delete(stream.name);
    await streams.add({ name: stream.name, subjects: [`${stream.prefix}.events.>`], ...COMPACTED });
    await publish(stream, tokens(FORMER));
    await eventually('the projector to halt', async () => (await positionOf(1))!.stale === 'source-recreated', {
      within: 20_000,
    });
    await rebuilds.carryOut({ acceptDifferences: true, acceptLoss: true });
  }, 60_000);

  async function positionOf(generation: number) {
    const [row] = await system.database.query<{ position: string; stale: string | null }>(
      'select position, stale_because as stale from generation where number = $1',
      [generation],
    );
    return row && { position: Number(row.position), stale: row.stale };
  }

  test('leaves it as it was, though events of the new stream are being applied at that moment', async () => {
    const flood = publish(system.stream, tokens(FLOOD));
    await eventually('the flood to be applied', async () => (await positionOf(2))!.position > 2 * FORMER, { every: 5 });
    const end = await rebuilds.ask('rebuild.rollback', { acceptStale: true, acceptLoss: true });
    expect(end).toMatchObject({ state: 'done', isFrozen: true });
    expect((await positionOf(2))!.position).toBeLessThan(FLOOD);
    await flood;
    await eventually('the roll-back to be seen', async () => (await rebuilds.generations())[1] === 'live');
    const [{ rows }] = (await system.database.query<{ rows: string }>('select count(*) as rows from token_1')) as [
      { rows: string },
    ];
    expect({ rows: Number(rows), ...(await positionOf(1)) }).toEqual({
      rows: FORMER,
      position: FORMER,
      stale: 'source-recreated',
    });
  }, 60_000);
});
