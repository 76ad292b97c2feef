import { jetstreamManager } from '@nats-io/jetstream';
import { tableName } from '#projection/table-template.js';
import { metric } from '../faults/health.js';
import { Traffic } from '../faults/traffic.js';
import type { AppProcess } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { CHARGER_PROJECTION } from './charger-projection.js';
import { ChargerSystem } from './charger-system.js';
import { RandomChargers } from './random-chargers.js';

const SEED = 11;

/** SQL: two ways to spoil each table. A table of the projection that is missing here fails the test. */
const SPOILT: Readonly<Record<string, (table: string) => readonly [wrong: string, lost: string]>> = {
  charger: (table) => [
    `update ${table} set name = 'spoilt' where id = (select min(id) from ${table} where site_id is not null)`,
    `delete from ${table} where id = (select max(id) from ${table} where site_id is not null)`,
  ],
  connector: (table) => [
    `update ${table} set version = 1, status = 'spoilt' where charger_id = (select min(charger_id) from ${table})`,
    `delete from ${table} where charger_id = (select max(charger_id) from ${table})`,
  ],
  site: (table) => [
    `update ${table} set chargers = chargers + 7 where id = (select min(id) from ${table})`,
    `delete from ${table} where id = (select max(id) from ${table} where chargers > 0)`,
  ],
};

describe('the list of chargers', () => {
  let system: ChargerSystem;
  let projector: AppProcess;
  const events = new RandomChargers(SEED);

  beforeAll(async () => {
    system = await ChargerSystem.create();
    projector = await system.startProjector();
    const first = Array.from({ length: 1_000 }, () => events.next());
    await system.waitForPosition(await publish(system.stream, first));
  });

  test('is rebuilt while events flow, with 0 differences, and the generation before stays for a roll-back', async () => {
    const traffic = new Traffic(system.stream, 500, SEED, events);
    expect(await system.rebuilds.carryOut()).toMatchObject({ generation: 2, state: 'done', differences: 0 });
    expect(await system.generations()).toEqual({ 1: 'previous', 2: 'live' });
    expect(await system.rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ generation: 1, state: 'done' });
    expect(await system.generations()).toEqual({ 1: 'live', 2: 'previous' });
    await traffic.stop();
    await system.expectFoldOfStream();
  });

  test('is sampled: an event that the rows do not show is told', async () => {
    const samples = async (result: string) =>
      (await projector.metrics()).get(`projector_samples_total{result="${result}"}`) ?? 0;
    await eventually('samples', async () => (await samples('ok')) > 0);
    expect([await samples('different'), await samples('missing')]).toEqual([0, 0]);
    const { number } = await system.live();
    const turnNames = () => system.database.query(`update charger_${number} set name = reverse(name)`);
    await turnNames();
    await eventually('a sample to differ', async () => (await samples('different')) > 0);
    await turnNames();
  });

  test('where rows of every table are spoilt, a verification finds them in each, and a repair puts all of them right', async () => {
    const before = await system.tables();
    const { number } = await system.live();
    for (const template of CHARGER_PROJECTION.tables)
      for (const sql of SPOILT[template.name]!(tableName(template, number))) await system.database.query(sql);
    const found = await system.rebuilds.carryOut({}, 'verify');
    expect(new Set(found.examples.map(({ table }) => table))).toEqual(new Set(Object.keys(SPOILT)));
    expect(found.untold).toBe(0);
    const told = async () => (await metric(projector, 'projector_differences')) >= found.differences!;
    await eventually('the differences to be told', told);
    expect(await system.rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({
      state: 'done',
      message: `repaired ${found.differences} differences`,
    });
    expect(await system.tables()).toEqual(before);
    expect(await system.rebuilds.carryOut({}, 'verify')).toMatchObject({ state: 'done', differences: 0 });
  });

  test('keeps a row of which no event tells until an operator has it removed', async () => {
    const { number } = await system.live();
    await system.database.query(`insert into charger_${number} values ('DK-unheard-of', 1, 'site-1', 'x')`);
    expect(await system.rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({
      untold: 1,
      message: expect.stringContaining('charger DK-unheard-of') as string,
    });
    const { site } = await system.tables();
    expect(await system.rebuilds.carryOut({ repair: true, removeUntold: 1 }, 'verify')).toMatchObject({ untold: 0 });
    expect((await system.tables()).site).not.toEqual(site);
    await system.expectFoldOfStream();
  });

  test('is repaired from an archive where its own stream has forgotten the events', async () => {
    const { stream, database, rebuilds } = system;
    const { streams } = await jetstreamManager(stream.nats);
    const archive = `${stream.name}_ARCHIVE`;
    await streams.add({ name: archive, mirror: { name: stream.name } });
    const { state } = await streams.info(stream.name);
    const isWhole = async () => (await streams.info(archive)).state.messages === state.messages;
    await eventually('the archive to hold everything', isWhole);
    await streams.purge(stream.name, { seq: state.last_seq });
    const before = await system.tables();
    const { number } = await system.live();
    await database.query(`delete from charger_${number} where id < 'DK-15'; delete from site_${number}`);
    expect(await rebuilds.carryOut({ repair: true }, 'verify')).toMatchObject({ state: 'failed' });
    const repaired = await rebuilds.carryOut({ repair: true, stream: archive }, 'verify');
    expect(repaired).toMatchObject({ state: 'done', untold: 0 });
    expect(await system.tables()).toEqual(before);
  });
});
