import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { readPosition } from '#projection/store/position.js';
import { Leadership } from '#projection/run/leadership.js';
import { acquireLease } from '#projection/store/lease.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { replayDeadLetters } from '#projection/operate/replay-dead-letters.js';
import { aTokenEvent } from '../support/builders.js';
import { createDatabase } from '../support/database.js';

const LETTERS = 120;

test('of letters that are replayed, each as large as a message, no more than 50 are in memory at a time, and the next batch comes before more', async () => {
  const database = await createDatabase();
  for (let id = 1; id <= LETTERS; id += 1) {
    const payload = JSON.stringify(aTokenEvent('token.created', { id: id % 2 === 0 ? id : 0 }));
    await database.query(
      `insert into dead_letter (stream, stream_created, sequence, subject, headers, payload, reason, digest)
      values ('TEST', 'x', ${id}, 's', '[]', convert_to('${payload}', 'UTF8'), 'r', '${id}')`,
    );
  }
  const client = await connectWriter(database.url, 10_000);
  const lease = (await acquireLease(client, TOKEN_PROJECTION, 'test'))!;
  const read: number[] = [];
  const watched = new Proxy(client, {
    get: (target, name) => {
      if (name !== 'query') return Reflect.get(target, name, target) as unknown;
      return async (...args: Parameters<pg.Client['query']>) => {
        const answer = await (target.query(...args) as unknown as Promise<pg.QueryResult>);
        if (String(args[0]).includes('payload from dead_letter')) read.push(answer.rows.length);
        return answer;
      };
    },
  });
  const position = await readPosition(client, TOKEN_PROJECTION);
  const leading = new Leadership(TOKEN_PROJECTION, watched, lease, position, 10_000);
  const ids = Array.from({ length: LETTERS }, (_, i) => String(i + 1));
  const replaying = replayDeadLetters(leading, ids);
  const readBetweenBatches: number[][] = [];
  for (let all = 0; all < LETTERS; await setImmediate()) {
    await leading.runTasks();
    const parts = read.splice(0);
    if (parts.length > 0) readBetweenBatches.push(parts);
    for (const letters of parts) all += letters;
  }
  const { replayed, refused } = await replaying;
  await disconnectWriter(client);
  expect(readBetweenBatches).toEqual([[50], [50], [20]]);
  expect(replayed).toEqual(ids.filter((id) => Number(id) % 2 === 0));
  expect(refused.map(({ id }) => id)).toEqual(ids.filter((id) => Number(id) % 2 === 1));
  expect(await database.query('select count(*)::integer as tokens from token_1')).toEqual([{ tokens: LETTERS / 2 }]);
});
