import { Leadership } from '#projection/run/leadership.js';
import { acquireLease } from '#projection/store/lease.js';
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
