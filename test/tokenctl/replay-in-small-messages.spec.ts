import { aTokenEvent } from '../support/builders.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';
import { startProjector } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { createStream } from '../support/stream.js';
import { Operator } from './operator.js';

const REFUSED = 300;
const APPLIED = 100;

test('dead letters whose numbers or reasons do not fit into one message are replayed in smaller parts', async () => {
  const server = await startNats({ config: 'max_payload: 2048' });
  atEnd('stopping nats-server', () => server.stop());
  const [database, stream] = await Promise.all([createDatabase(), createStream({ server })]);
  const env = { ...database.env, ...stream.env };
  await startProjector(env);
  const good = JSON.stringify(aTokenEvent('token.created', { id: 20 }));
  await database.query(
    `insert into dead_letter (stream, stream_created, sequence, subject, headers, payload, reason)
    select 'S', 'C', n, 'tokens.events', '[]', case when n > ${REFUSED} then $1::bytea else 'no event' end, 'r'
    from generate_series(1, ${REFUSED + APPLIED}) n`,
    [Buffer.from(good)],
  );
  const { replayed, refused } = await new Operator(env).json<{ replayed: string[]; refused: { id: string }[] }>(
    1,
    'dead-letters',
    'replay',
    '--all',
  );
  expect(replayed).toHaveLength(APPLIED);
  expect(new Set([...replayed, ...refused.map(({ id }) => id)]).size).toBe(REFUSED + APPLIED);
});
