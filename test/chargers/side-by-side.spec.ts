import { migrate } from '#projection/store/migrate.js';
import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { metric } from '../faults/health.js';
import { Traffic } from '../faults/traffic.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent, cloudEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';
import { CHARGER_PROJECTION } from './charger-projection.js';
import { ChargerSystem } from './charger-system.js';
import { RandomChargers } from './random-chargers.js';

const SEED = 3;
const A_CHARGER = { id: 'DK-1', version: 1, siteId: 'north', name: 'Ladestation' };

/** Tokens, and chargers in the same database. @param streamOf where the chargers' events are */
async function startBoth(streamOf: (tokens: System) => Promise<TestStream>) {
  const tokens = await startSystem();
  await migrate(tokens.database.url, CHARGER_PROJECTION);
  const chargers = new ChargerSystem(tokens.database, await streamOf(tokens));
  return { tokens, chargers, projector: await chargers.startProjector() };
}

describe('the projectors of tokens and of chargers, side by side in one database', () => {
  let tokens: System;
  let chargers: ChargerSystem;
  let ofTokens: Rebuilds;
  let projector: AppProcess;

  beforeAll(async () => {
    ({ tokens, chargers, projector } = await startBoth(() => createStream()));
    ofTokens = new Rebuilds(tokens);
  });

  const generations = () =>
    tokens.database.query<{ number: number; projection: string; state: string; position: string }>(
      'select number, projection, state, position from generation order by number',
    );
  const leases = () =>
    tokens.database.query<{ projection: string; epoch: string }>(
      'select projection, epoch from projector_lease order by projection',
    );

  test('both lead, each with a lease, a live generation and a position of its own', async () => {
    await chargers.waitForPosition(await publish(chargers.stream, cloudEvent('charger.registered', A_CHARGER)));
    const last = await publish(tokens.stream, [aTokenEvent('token.created'), aTokenEvent('token.created')]);
    await waitForPosition(tokens.query.url, last);
    for (const app of [tokens.projector, projector]) expect(await metric(app, 'projector_leader')).toBe(1);
    expect(await leases()).toEqual([
      { projection: 'chargers', epoch: '1' },
      { projection: 'tokens', epoch: '1' },
    ]);
    expect(await generations()).toEqual([
      { number: 1, projection: 'tokens', state: 'live', position: '2' },
      { number: 2, projection: 'chargers', state: 'live', position: '1' },
    ]);
  });

  test('a rebuild of one under the events of both leaves the other alone, and knows no job of it', async () => {
    const flowing = [
      new Traffic(chargers.stream, 300, SEED, new RandomChargers(SEED)),
      new Traffic(tokens.stream, 300, SEED),
    ];
    expect(await chargers.rebuilds.carryOut()).toMatchObject({ generation: 3, state: 'done', differences: 0 });
    expect(await ofTokens.status()).toBeNull();
    expect(await chargers.generations()).toEqual({ 2: 'previous', 3: 'live' });
    expect((await generations()).filter(({ projection }) => projection === 'tokens')).toMatchObject([{ number: 1 }]);
    // Both at once: they compete for the numbers of their generations.
    const both = await Promise.all([chargers.rebuilds.begin(), ofTokens.begin()]);
    expect(both.toSorted()).toEqual([4, 5]);
    const ends = await Promise.all([chargers.rebuilds.ended(both[0]), ofTokens.ended(both[1])]);
    for (const end of ends) expect(end).toMatchObject({ kind: 'rebuild', state: 'done', differences: 0 });
    await Promise.all(flowing.map((traffic) => traffic.stop()));
    await chargers.expectFoldOfStream();
    await expectReadModelOfStream(tokens);
    expect((await leases()).map(({ epoch }) => epoch)).toEqual(['1', '1']);
  });

  test('of each the metrics tell its own generations and dead letters', async () => {
    const last = await publishRaw(chargers.stream, 'no event of chargers');
    await chargers.waitForPosition(last);
    const told = (app: AppProcess) => async () =>
      (await metric(app, 'projector_generations')) === 2 &&
      (await metric(app, 'projector_dead_letters')) === (app === projector ? 1 : 0);
    await eventually('the metrics of the tokens', told(tokens.projector));
    await eventually('the metrics of the chargers', told(projector));
  });

  test('where the projector of one is killed, its successor takes the lease of that one alone', async () => {
    const before = await chargers.live();
    tokens.projector.kill('SIGKILL');
    await tokens.projector.exited;
    await chargers.waitForPosition(
      await publish(chargers.stream, cloudEvent('charger.removed', { id: 'DK-1', version: 9_999 })),
    );
    const successor = await startProjector(tokens.env);
    await eventually('the successor to lead', async () => (await metric(successor, 'projector_leader')) === 1);
    expect(await leases()).toEqual([
      { projection: 'chargers', epoch: '1' },
      { projection: 'tokens', epoch: '2' },
    ]);
    expect((await chargers.live()).number).toBe(before.number);
  });
});

test('two projections of one stream apply their own events, skip those of the other, and each parks what is poison for both', async () => {
  // The requests of the chargers have subjects of their own.
  const shared = ({ stream }: System) => Promise.resolve({ ...stream, prefix: `${stream.prefix}.chargers` });
  const { tokens, chargers } = await startBoth(shared);
  const { stream, database } = tokens;
  const poison = await publishRaw(stream, 'no event at all');
  await publish(stream, [aTokenEvent('token.created', { id: 7 }), cloudEvent('charger.registered', A_CHARGER)]);
  const alsoPoison = await publishRaw(stream, JSON.stringify({ specversion: '1.0', id: '1' }));
  await chargers.waitForPosition(alsoPoison);
  await waitForPosition(tokens.query.url, alsoPoison);

  expect((await chargers.tables()).charger).toEqual(['DK-1 1 north Ladestation']);
  await expectReadModelOfStream(tokens, [], ({ sequence }) => [poison, alsoPoison].includes(sequence));
  const letters = await database.query<{ id: string; projection: string; sequence: string }>(
    'select id, projection, sequence from dead_letter order by projection, sequence',
  );
  expect(letters).toMatchObject([
    { projection: 'chargers', sequence: String(poison) },
    { projection: 'chargers', sequence: String(alsoPoison) },
    { projection: 'tokens', sequence: String(poison) },
    { projection: 'tokens', sequence: String(alsoPoison) },
  ]);
  // A letter is replayed by the door of its own projection alone.
  const ofChargers = letters[0]!.id;
  expect(await new Rebuilds(tokens).ask('dead-letters.replay', { ids: [ofChargers] })).toEqual({
    replayed: [],
    refused: [{ id: ofChargers, reason: 'there is no open dead letter with this id' }],
  });
  expect(await chargers.rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
  expect(await database.query('select 1 from dead_letter')).toHaveLength(4);
});
