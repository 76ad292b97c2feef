import { metric } from '../faults/health.js';
import type { AppProcess } from '../support/app-process.js';
import { keepForFile } from '../support/at-end.js';
import { cloudEvent } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { publishRaw } from '../support/publish.js';
import { ChargerSystem } from './charger-system.js';

const STATE = { id: 'DK-1', version: 1, siteId: 'north', name: 'Ladestation' };
const text = (event: object) => JSON.stringify(event);
const registered = (change: object = {}) => text(cloudEvent('charger.registered', { ...STATE, ...change }));

const POISON: Readonly<Record<string, readonly [string | Uint8Array, RegExp]>> = {
  'no JSON': ['{"type":', /JSON/],
  'no UTF-8': [Uint8Array.from([0x22, 0xff, 0x22]), /encoded data was not valid/],
  'no object': ['[]', /^the message must be a JSON object$/],
  'no type': [text({ specversion: '1.0', id: '1' }), /^the attribute "type" is missing$/],
  'another version of CloudEvents': [
    text({ ...cloudEvent('charger.removed', STATE), specversion: '0.3' }),
    /"specversion"/,
  ],
  'no data': [text({ ...cloudEvent('charger.removed', STATE), data: null }), /^"data" must be a JSON object$/],
  'an id that no subject can name': [registered({ id: 'DK.1' }), /^"id" must have 1 to 36 letters/],
  'a version that no row can have': [registered({ version: 0 }), /^"version" must be a whole number from 1 to/],
  'a name that is no text': [registered({ name: 5 }), /^"name" must be a text$/],
  'an unknown status': [
    text(cloudEvent('charger.connector-status', { chargerId: 'DK-1', connector: 1, version: 1, status: 'on fire' })),
    /^"status" must be one of available, occupied, faulted$/,
  ],
  'what only PostgreSQL refuses': [
    registered({ id: 'DK-3', name: 'a\0b' }),
    /^PostgreSQL refused it: invalid byte sequence/,
  ],
};

interface Letter {
  readonly id: string;
  readonly sequence: string;
  readonly reason: string;
  readonly resolution: string | null;
}

describe('poison among events of chargers', () => {
  let system: ChargerSystem;
  let projector: AppProcess;

  beforeAll(async () => {
    system = await ChargerSystem.create();
  });

  const letters = () =>
    system.database.query<Letter>('select id, sequence, reason, resolution from dead_letter order by sequence');

  test('of every kind is parked once with a clear reason, alone, and shows in metrics and log', async () => {
    const sequences: number[] = [];
    for (const [payload] of Object.values(POISON)) {
      await publishRaw(system.stream, registered({ id: `good-${sequences.length}` }));
      sequences.push(await publishRaw(system.stream, payload));
    }
    await publishRaw(system.stream, text(cloudEvent('charger.painted', { id: 'DK-1' })));
    const last = await publishRaw(system.stream, registered({ id: 'DK-1', version: 2 }));
    projector = await system.startProjector();
    keepForFile();
    await system.waitForPosition(last);
    const parked = await letters();
    expect(parked.map(({ sequence }) => Number(sequence))).toEqual(sequences);
    for (const [index, [, reason]] of Object.values(POISON).entries()) expect(parked[index]!.reason).toMatch(reason);
    expect((await system.tables()).site).toEqual([`north ${sequences.length + 1}`]);
    expect(projector.logsWith('parked a message')).toHaveLength(sequences.length);
    const counted = async () => (await metric(projector, 'projector_dead_letters')) === sequences.length;
    await eventually('the dead letters to be counted', counted);
    expect((await projector.metrics()).get('projector_events_total{type="unknown",outcome="skipped"}')).toBe(1);
  });

  test('is not parked again when a rebuild comes by it', async () => {
    const parked = await letters();
    expect(await system.rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    expect(await letters()).toEqual(parked);
  });

  test('is replayed once it can be applied, refused while it cannot, and stays replayed through a rebuild', async () => {
    const [first, second] = await letters();
    // As a corrected projection would find it; older than what is there, and of a charger that nobody knows yet.
    await system.database.query('update dead_letter set payload = $2 where id = $1', [
      first!.id,
      Buffer.from(registered({ id: 'DK-7', siteId: 'south' })),
    ]);
    expect(await system.rebuilds.ask('dead-letters.replay', { ids: [first!.id, second!.id] })).toEqual({
      replayed: [first!.id],
      refused: [{ id: second!.id, reason: second!.reason }],
    });
    const shown = await system.tables();
    expect(shown.site).toContain('south 1');
    expect((await letters()).slice(0, 2).map(({ resolution }) => resolution)).toEqual(['replayed', null]);
    expect(await system.rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    expect(await system.tables()).toEqual(shown);
  });
});
