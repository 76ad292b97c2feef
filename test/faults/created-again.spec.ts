import { codeBlocks, sectionOf } from '../documents/markdown.js';
import { textOf } from '../documents/project-files.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { ready } from './health.js';
import { ProjectedStream } from './projected-stream.js';
import { RewindableNats } from './rewindable-nats.js';

const NO_FIGURE = '2020-01-01T00:00:00.123456789Z';
/** As if the server had reported that before; servers from 2.10 on do not do it by themselves. */
const MADE_BEFORE = `update generation set stream_created = '${NO_FIGURE}' where stream_created is not null`;
const PARKED_BEFORE = `update dead_letter set stream_created = '${NO_FIGURE}' || substr(stream_created, strpos(stream_created || '#', '#'))`;

/** nats-server 2.9 reports another `created` when it is restarted after the settings of a stream were changed. */
describe('a stream for which the server reports another `created`', () => {
  test.each(['halt', 'rebuild'])(
    'is read on: its settings were changed between restarts (%s)',
    async (onChange) => {
      const nats = await RewindableNats.start();
      const projected = await ProjectedStream.start(50, nats.server);
      await projected.restartProjector(undefined, { ON_SOURCE_CHANGE: onChange });
      await ready(projected.projector);
      // A rebuild would lose their tokens.
      await projected.purgeUpTo(3);
      await nats.keep();
      await eventually('our own connection to be back', () => projected.system.stream.nats.rtt());
      await projected.limitPerSubject(100);
      await nats.keep();
      await projected.publish(10);
      await projected.expectWell();
      expect(projected.projector.logsWith('halted')).toEqual([]);
      expect(await new Rebuilds(projected.system).generations()).toEqual({ 1: 'live' });
    },
    90_000,
  );

  test('keeps its dead letters, its previous generation and its rebuilds', async () => {
    const projected = await ProjectedStream.start(5);
    const { database, stream, query } = projected.system;
    const rebuilds = new Rebuilds(projected.system);
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    const good = aTokenEvent('token.created', { id: 70, comment: 'replayed' });
    const [bad, worse] = ['never', 'soon'].map((expiresAt) => ({ ...good, data: { ...good.data, expiresAt } }));
    await waitForPosition(query.url, await publish(stream, [bad!, worse!]));
    // The second one as if the server had used the sequence of the first one again.
    await database.query(
      `update dead_letter set sequence = 6, stream_created = stream_created || '#' || digest where sequence = 7`,
    );
    await projected.restartProjector(async () => {
      await database.query(MADE_BEFORE);
      await database.query(PARKED_BEFORE);
    });
    await eventually('it to project', () => projected.projector.logsWith('projecting').at(-1));
    expect(projected.projector.logsWith('proves that it is the same')).toHaveLength(1);
    const rows = `select count(distinct split_part(stream_created, '#', 1)) as created, count(distinct stream_created) as keys, count(*) as all,
      count(*) filter (where stream_created like '2020%') as old`;
    expect(await database.query(`${rows} from dead_letter`)).toEqual([{ created: '1', keys: '2', all: '2', old: '0' }]);
    expect(await database.query(`${rows} from generation`)).toEqual([{ created: '1', keys: '1', all: '2', old: '0' }]);

    const [letter] = await database.query<{ id: string }>(
      `update dead_letter set payload = $1 where stream_created not like '%#%' returning id`,
      [Buffer.from(JSON.stringify(good))],
    );
    expect(await rebuilds.ask('dead-letters.replay', { ids: [letter!.id] })).toMatchObject({ refused: [] });
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    expect(await rebuilds.carryOut()).toMatchObject({ state: 'done', differences: 0 });
    expect((await httpList(query.url)).headers.get('x-total-count')).toBe('6');
    expect(await database.query('select count(*) from dead_letter where sequence = 6')).toEqual([{ count: '2' }]);
  });

  test('lets a generation be put back of which the server had reported the old one until then', async () => {
    const projected = await ProjectedStream.start(20);
    const rebuilds = new Rebuilds(projected.system);
    const { database } = projected.system;
    await rebuilds.carryOut();
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    await projected.restartProjector(async () => {
      await database.query(`${MADE_BEFORE} and state = 'previous'`);
    });
    await ready(projected.projector);
    // Its `created` is not that of the live generation, whose position says nothing of it: it proves itself.
    await projected.publish(3);
    await projected.isApplied();
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    await projected.publish(3);
    await projected.expectWell();
  });

  test('is known by that before the tables of another release are replaced', async () => {
    const projected = await ProjectedStream.start(5);
    const { database } = projected.system;
    const meanwhile = async () => {
      await database.query(`${MADE_BEFORE}; update generation set schema_version = 1`);
    };
    await projected.restartProjector(meanwhile, { REBUILD_ON_SCHEMA_CHANGE: 'false' });
    await eventually('it to take that over', async () => {
      const rows = await database.query(`select 1 from generation where stream_created = '${NO_FIGURE}'`);
      return rows.length === 0;
    });
  });

  test('halts where the message at the position is gone, until an operator says that it is the same', async () => {
    const projected = await ProjectedStream.start(50);
    const { database, stream } = projected.system;
    await publish(stream, { ...aTokenEvent('token.created'), data: {} });
    await eventually('it to be parked', async () => (await database.query('select 1 from dead_letter')).length === 1);
    await projected.restartProjector(async () => {
      await projected.purgeUpTo(52);
      await database.query(MADE_BEFORE);
      await database.query(PARKED_BEFORE);
    });
    const told = /was made (\S+), but the position 51 is of the stream \S+ made (\S+), and it holds no message at 51,/;
    const { msg } = await eventually('it to halt', () => projected.projector.logsWith('halted: ').at(-1));
    const [, now, before] = told.exec(msg)!;
    expect(before).toBe(NO_FIGURE);
    const sql = codeBlocks(sectionOf(textOf('docs/operations.md'), 'A changed stream'), 'sql')[1]!;
    const [shownBefore, shownNow] = sql.match(/\d{4}-\S+Z/g)!;
    await database.query(sql.replace(shownBefore, before!).replace(shownNow!, now!));
    await ready(projected.projector);
    await waitForPosition(projected.system.query.url, await publish(stream, aTokenEvent('token.created', { id: 99 })));
    expect((await httpList(projected.system.query.url)).headers.get('x-total-count')).toBe('51');
    expect(await database.query(`select stream_created from dead_letter`)).toEqual([{ stream_created: now }]);
  });
});
