import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { readPosition } from '#projection/store/position.js';
import { Leadership } from '#projection/run/leadership.js';
import { acquireLease } from '#projection/store/lease.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { replayDeadLetters, type Replayed } from '#projection/operate/replay-dead-letters.js';
import { aTokenEvent } from '../support/builders.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const LETTERS = 120;

describe('letters that are replayed', () => {
  let database: TestDatabase;
  let leading: Leadership;
  /** How many letters each statement has read. */
  const read: number[] = [];
  const ids = Array.from({ length: LETTERS }, (_, i) => String(i + 1));
  const idsOf = (refused: Replayed['refused']) => refused.map(({ id }) => id);

  beforeEach(async () => {
    database = await createDatabase();
    for (let id = 1; id <= LETTERS; id += 1) {
      const payload = JSON.stringify(aTokenEvent('token.created', { id: id % 2 === 0 ? id : 0 }));
      await database.query(
        `insert into dead_letter (stream, stream_created, sequence, subject, headers, payload, reason, digest)
        values ('TEST', 'x', ${id}, 's', '[]', convert_to('${payload}', 'UTF8'), 'r', '${id}')`,
      );
    }
    const client = await connectWriter(database.url, 10_000);
    atEnd('disconnecting the writer', () => disconnectWriter(client));
    const lease = (await acquireLease(client, TOKEN_PROJECTION, 'test'))!;
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
    leading = new Leadership(TOKEN_PROJECTION, watched, lease, position, 10_000);
  });

  test('are each as large as a message, so no more than 50 are in memory at a time, and the next batch comes before more', async () => {
    const replaying = replayDeadLetters(leading, ids);
    const readBetweenBatches: number[][] = [];
    for (let all = 0; all < LETTERS; await setImmediate()) {
      await leading.runTasks();
      const parts = read.splice(0);
      if (parts.length > 0) readBetweenBatches.push(parts);
      for (const letters of parts) all += letters;
    }
    const { replayed, refused } = await replaying;
    expect(readBetweenBatches).toEqual([[50], [50], [20]]);
    expect(replayed).toEqual(ids.filter((id) => Number(id) % 2 === 0));
    expect(idsOf(refused)).toEqual(ids.filter((id) => Number(id) % 2 === 1));
    expect(await database.query('select count(*)::integer as tokens from token_1')).toEqual([{ tokens: LETTERS / 2 }]);
  });

  test('are told of when the leader ends in the middle, with those that were not reached', async () => {
    const replaying = replayDeadLetters(leading, ids);
    await leading.runTasks();
    await leading.end();
    await expect(replaying).resolves.toBeDefined();
    const { replayed, refused } = await replaying;
    expect(replayed).toEqual(ids.slice(0, 50).filter((id) => Number(id) % 2 === 0));
    expect(idsOf(refused)).toEqual(ids.filter((id) => !replayed.includes(id)));
    expect(refused.at(-1)!.reason).toMatch(/^the replay ended before .* replay it again: .* no longer leads/);
    await expect(replayDeadLetters(leading, ids)).rejects.toThrow('no longer leads');
  });
});
