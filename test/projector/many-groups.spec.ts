import { type Position } from '#projection/stream/position.js';
import type pg from 'pg';
import { readPosition } from '#projection/store/position.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { applyBatch } from '#projection/run/apply-batch.js';
import { proceed } from '#projection/run/deferred-worker.js';
import { tokenProjection } from '#token-read-model/token-projection.js';
import { aGroupDeletion, aMembershipEvent, aTokenEvent, type CloudEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { streamMessage } from './read-model-under-test.js';

const TOKENS = Array.from({ length: 40 }, (_, i) => i + 1);
const GROUPS = Array.from({ length: 30 }, (_, i) => i + 1);
/** Less than a batch that touches every token would load: 1,200. */
const PAIRS_AT_ONCE = 100;

describe('tokens that are in very many groups', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let position: Position;
  const loaded: number[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    client = await connectWriter(database.url, 10_000);
    position = { ...(await readPosition(client, tokenProjection())), stream: 'TEST', streamCreated: null };
    await apply(TOKENS.map((id) => aTokenEvent('token.created', { id })));
    await apply(
      GROUPS.map((tokenGroupId) => aMembershipEvent('token-group.tokens-added', { tokenGroupId, tokenIds: TOKENS })),
    );
    loaded.length = 0;
  });
  afterAll(() => disconnectWriter(client));

  /** Remembers how many pairs each answer brings. */
  const watched = () =>
    new Proxy(client, {
      get: (target, name) => {
        if (name !== 'query') return Reflect.get(target, name, target) as unknown;
        return async (statement: { readonly name?: string }, ...others: []) => {
          const answer = await (target.query(statement as never, ...others) as unknown as Promise<pg.QueryResult>);
          if (statement.name?.startsWith('load_pairs')) loaded.push(answer.rows.length);
          return answer;
        };
      },
    });
  const target = (membersAtOnce: number) => ({
    projection: tokenProjection(membersAtOnce, PAIRS_AT_ONCE),
    client: watched(),
    position,
    fence: () => Promise.resolve(),
  });

  async function apply(events: readonly CloudEvent[], membersAtOnce = 1_000): Promise<void> {
    const messages = events.map((event, i) =>
      streamMessage(Buffer.from(JSON.stringify(event)), position.sequence + 1 + i),
    );
    ({ position } = await applyBatch(target(membersAtOnce), messages));
  }

  async function groupsOf(id: number): Promise<number[]> {
    const [row] = await database.query<{ groups: number[] }>(
      `select (document::jsonb -> 'tokenGroupIds') as groups from token_1 where id = ${id}`,
    );
    return row!.groups;
  }

  test.each<[string, () => Promise<unknown>, (groups: number[]) => number[]]>([
    [
      'join another one',
      () => apply([aMembershipEvent('token-group.tokens-added', { tokenGroupId: 99, tokenIds: TOKENS })]),
      (groups) => [...groups, 99],
    ],
    [
      'lose one',
      () => apply([aGroupDeletion({ tokenGroupId: 1, version: 2 })]),
      (groups) => groups.filter((id) => id !== 1),
    ],
    [
      'lose one after the batch',
      async () => {
        await apply([aGroupDeletion({ tokenGroupId: 2, version: 2 })], 0);
        await proceed(target(0), 1_000);
      },
      (groups) => groups.filter((id) => id !== 2),
    ],
  ])('%s without all their pairs in memory at once', async (_, change, expected) => {
    const before = await groupsOf(1);
    await change();
    for (const id of [1, 20, 40]) expect(await groupsOf(id)).toEqual(expected(before));
    expect(loaded.length).toBeGreaterThan(TOKENS.length / 4);
    expect(Math.max(...loaded)).toBeLessThanOrEqual(PAIRS_AT_ONCE + 1);
    loaded.length = 0;
  });
});
