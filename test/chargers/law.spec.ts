import fc from 'fast-check';
import { migrate } from '#projection/store/migrate.js';
import { deliveries } from '../oracle/arbitraries.js';
import { createDatabase } from '../support/database.js';
import type { ChargerEvent } from './charger-events.js';
import { ChargerModel } from './charger-model.js';
import { CHARGER_PROJECTION } from './charger-projection.js';
import { foldOf } from './charger-tables.js';
import { shortOrLong } from '../support/test-length.js';

/** Few of everything, so that keys and versions collide all the time. */
const id = fc.constantFrom('A', 'B', 'DK-1_x');
const siteId = fc.constantFrom('north', 'south');
const version = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
);
const eventId = fc.uuid();

const ofCharger = fc.record({
  type: fc.constantFrom('charger.registered' as const, 'charger.changed' as const),
  eventId,
  row: fc.record({ id, version, siteId, name: fc.constantFrom('Größe "1"', '{a,b}', 'NULL', '') }),
});
const removed = fc.record({
  type: fc.constant('charger.removed' as const),
  eventId,
  row: fc.record({ id, version, siteId: fc.constant(null), name: fc.constant(null) }),
});
const ofConnector = fc.record({
  type: fc.constant('charger.connector-status' as const),
  eventId,
  row: fc.record({
    chargerId: id,
    connector: fc.integer({ min: 1, max: 2 }),
    version,
    status: fc.constantFrom('available' as const, 'occupied' as const, 'faulted' as const),
  }),
});

/** A version of a key names one state, which is what the law presumes. */
const eventSet = fc.uniqueArray<ChargerEvent, string>(fc.oneof(ofCharger, removed, ofConnector), {
  minLength: 1,
  maxLength: 30,
  selector: ({ row }) => [CHARGER_PROJECTION.keyOf({ row } as ChargerEvent).words, row.version].join(),
});

describe('the law, for chargers', () => {
  let model: ChargerModel;

  beforeAll(async () => {
    const database = await createDatabase(undefined, (url) => migrate(url, CHARGER_PROJECTION));
    model = await ChargerModel.open(database.url);
  });
  afterAll(() => model.close());

  test('gives the rows and counts of a plain fold, whatever the order, the duplicates and the batches', async () => {
    const delivery = eventSet.chain((events) => fc.tuple(fc.constant(events), deliveries(events)));
    await fc.assert(
      fc.asyncProperty(delivery, async ([events, batches]) => {
        await model.applyAll(batches);
        expect(await model.tables()).toEqual(foldOf(events));
      }),
      { numRuns: shortOrLong(50, 100) },
    );
  }, 120_000);

  test('says of every event whether it changed something, and says no of all when everything is delivered again', async () => {
    await fc.assert(
      fc.asyncProperty(eventSet, async (events) => {
        await model.reset();
        const { applied, stale } = await model.apply(events);
        expect([...applied, ...stale]).toHaveLength(events.length);
        expect(foldOf(applied as ChargerEvent[])).toEqual(foldOf(events));
        expect((await model.apply(events)).applied).toEqual([]);
        expect(await model.tables()).toEqual(foldOf(events));
      }),
      { numRuns: shortOrLong(15, 30) },
    );
  }, 60_000);
});
