import { Leadership } from '#projection/run/leadership.js';
import { createDataSource } from '#projection/store/data-source.js';
import { acquireLease } from '#projection/store/lease.js';
import { migrate } from '#projection/store/migrate.js';
import { MIGRATIONS } from '#projection/store/migrations.js';
import { SourceDoubts1764000000013 } from '#projection/store/migrations/0013-source-doubts.js';
import { readPosition } from '#projection/store/position.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { SourceChanged } from '#projection/stream/source-changed.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { codeBlocks, sectionOf } from '../documents/markdown.js';
import { textOf } from '../documents/project-files.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';

test('what an operator says of one read model leaves the doubts of another, and of generations that are not live', async () => {
  const { query } = await createDatabase();
  await query(`insert into generation (number, projection, state, schema_version)
    values (100, 'chargers', 'live', 1), (101, 'tokens', 'previous', 1)`);
  await query(`update generation set source_doubts = '{rewound}', source_doubts_at = position`);
  await query(clearing());
  const rows = await query('select number from generation where source_doubts is not null order by number');
  expect(rows).toEqual([{ number: 100 }, { number: 101 }]);
});

/** As docs/operations.md says it. */
function clearing(): string {
  return codeBlocks(sectionOf(textOf('docs/operations.md'), 'A changed stream'), 'sql')[0]!;
}

/** An operator may say that the stream is the right one while the projector is looking at it. */
test('doubts that an operator clears are not written again by a halt that knows them already', async () => {
  const { url, query } = await createDatabase();
  await query('update generation set position = 100');
  const client = await connectWriter(url, 10_000, 'test');
  atEnd('closing the connection', () => disconnectWriter(client));
  const lease = (await acquireLease(client, TOKEN_PROJECTION, 'test'))!;
  const read = () => readPosition(client, TOKEN_PROJECTION);
  const leading = new Leadership(TOKEN_PROJECTION, client, lease, await read(), 10_000);
  const halt = (mismatch: SourceChanged['mismatch']) =>
    leading.markStale(`source-${mismatch}`, new SourceChanged(mismatch, 'it has changed').doubts(leading.position));

  await halt('rewound');
  expect(await read()).toMatchObject({ doubts: ['rewound'] });
  await halt('purged');
  expect(await read()).toMatchObject({ doubts: ['rewound', 'purged'] });

  await query(clearing());
  await halt('different-message');
  expect(await read()).toMatchObject({ doubts: [] });
});

/** A stream may hide what showed the difference while the releases are changed. */
test('a halt of the release before is remembered by the migration', async () => {
  const { url, query } = await createDatabase();
  const dataSource = await createDataSource(url).initialize();
  const undone = MIGRATIONS.slice(MIGRATIONS.indexOf(SourceDoubts1764000000013));
  for (const _ of undone) await dataSource.undoLastMigration();
  await dataSource.destroy();
  await query(`update generation set position = 100, stale_because = 'source-rewound' where state = 'live'`);
  await query(`insert into generation (number, projection, state, schema_version, position, stale_because) values
    (100, 'a', 'live', 1, 7, 'source-different-message'), (101, 'b', 'live', 1, 8, 'source-purged'),
    (102, 'c', 'live', 1, 0, 'source-rewound'), (103, 'd', 'live', 1, 9, 'source-recreated'), (104, 'e', 'live', 1, 9, null)`);
  expect(await migrate(url, TOKEN_PROJECTION)).toHaveLength(undone.length);
  const doubts = await query(
    'select number, source_doubts as doubts from generation where source_doubts_at = position order by 1',
  );
  expect(doubts).toEqual([
    { number: 1, doubts: ['rewound'] },
    { number: 100, doubts: ['rewound'] },
    { number: 101, doubts: ['purged'] },
  ]);
});
