import fc from 'fast-check';
import { pino } from 'pino';
import { ServiceError } from '#service-runtime/service-error.js';
import { EVERYTHING } from '../../apps/query/src/auth/scope.js';
import { GetTokenHandler } from '../../apps/query/src/get-token/get-token.handler.js';
import { GetTokenQuery } from '../../apps/query/src/get-token/get-token.query.js';
import { ListTokensQuery } from '../../apps/query/src/list-tokens/list-tokens.query.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { KnownTags } from '../../apps/query/src/polling/known-tags.js';
import { ListUnchangedHandler } from '../../apps/query/src/polling/list-unchanged.handler.js';
import { ListUnchangedQuery } from '../../apps/query/src/polling/list-unchanged.query.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { eventSet } from '../oracle/arbitraries.js';
import { ListParts } from '../oracle/list-parts.js';
import { FollowedModel } from '../projector/followed-model.js';
import { aTokenState } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shortOrLong } from '../support/test-length.js';
import { anEvent, callers, ChangingWorld, SCOPES, step, type Caller } from './changing-world.js';

const ANY_SIZE = { bytes: 16_777_216, refuse: ({ bytes }: { bytes: number }) => new ServiceError(413, `${bytes}`) };
/** What happens to a large group, or how many of the members of deleted ones change. */
const largeGroupStep = fc.record({
  what: fc.constantFrom('delete', 'delete', 'fill', 'sweep'),
  group: fc.integer({ min: 1, max: 3 }),
});

interface Row {
  readonly customer: number;
  readonly row: string;
}

describe('a tag', () => {
  let database: TestDatabase;
  let followed: FollowedModel;
  let pools: ReadPools;
  let list: ListParts;

  beforeAll(async () => {
    database = await createDatabase();
    followed = await FollowedModel.open(database.url);
    pools = new ReadPools(database.url, pino({ level: 'silent' }));
    list = ListParts.over(pools);
  });
  afterAll(async () => {
    await Promise.all([followed.close(), pools.close()]);
    await database.drop();
  });

  /** Reads pages, and finds that two of one tag differ. */
  class Poller {
    private readonly bodies = new Map<string, string>();

    async list({ request, scope }: Caller): Promise<string> {
      const query = new ListTokensQuery(request, scope, ANY_SIZE, undefined, true);
      const { json, tag, held } = await list.handler.execute(query);
      held.release();
      this.see(tag!, json.toString());
      return tag!;
    }

    async token(id: number): Promise<void> {
      const query = new GetTokenQuery(id, EVERYTHING, ANY_SIZE, undefined, true);
      try {
        const { json, tag, held } = await new GetTokenHandler(list.reader).execute(query);
        held.release();
        this.see(tag!, json.toString());
      } catch (error) {
        if (!(error instanceof ServiceError && error.statusCode === 404)) throw error;
      }
    }

    async isUnchanged({ request, scope }: Caller, tag: string): Promise<boolean> {
      const known = new KnownTags({ headers: { 'if-none-match': tag } });
      const query = new ListUnchangedQuery(request, scope, known, undefined);
      return (await new ListUnchangedHandler(list.states).execute(query)) !== undefined;
    }

    private see(tag: string, body: string): void {
      const known = this.bodies.get(tag);
      if (known !== undefined) expect(body).toBe(known);
      this.bodies.set(tag, body);
    }
  }

  /** What is stored of each customer's tokens, those that it has no more included. */
  async function rows(): Promise<readonly Row[]> {
    const {
      rows: [live],
    } = await pools.watch.query<{ number: number }>(`select number from generation where state = 'live'`);
    const { tokenUpdated, tokenGone } = generationTables(live!.number);
    const found = await pools.watch.query<Row>(`select customer_id::float8 as customer, row from (
      select customer_id, concat_ws(' ', id, position, turn) as row from ${tokenUpdated}
      union all select customer_id, concat_ws(' ', id, position, turn) from ${tokenGone} where customer_id > 0
    ) rows order by 1, 2`);
    return found.rows;
  }

  function theirs({ scope }: Caller, all: readonly Row[]): string {
    return all
      .flatMap(({ customer, row }) => (scope.kind === 'all' || scope.customerIds.includes(customer) ? [row] : []))
      .join();
  }

  test('stands for one body for all who read while events, letters, large groups and rebuilds come', async () => {
    await fc.assert(
      fc.asyncProperty(
        eventSet,
        fc.nat(10),
        fc.array(step, { minLength: 5, maxLength: 15 }),
        callers,
        async (set, ofStream, steps, asking) => {
          const letters = set.slice(0, Math.floor((set.length * ofStream) / 20));
          const world = new ChangingWorld(followed, set.slice(letters.length), letters);
          await followed.model.reset();
          const poller = new Poller();
          let isOver = false;
          const polling = (async () => {
            for (let i = 0; !isOver; i += 1) {
              await poller.list(asking[i % asking.length]!);
              await poller.token(1 + (i % 6));
            }
          })();
          try {
            for (const now of steps) await world.take(now);
          } finally {
            isOver = true;
            await polling;
          }
        },
      ),
      { numRuns: shortOrLong(30, 300), endOnFailure: true },
    );
  }, 240_000);

  test('stands for one body while large groups are filled and deleted, one before the members of another have changed', async () => {
    const groups = [1, 2, 3];
    const asking = groups.map((tokenGroupId): Caller => ({
      request: Object.assign(new ListTokensRequest(), { tokenGroupId }),
      scope: SCOPES[tokenGroupId % 2]!,
    }));
    const tokenIds = [1, 2, 3, 4];
    const tokens = tokenIds.map((id) => anEvent('token.created', aTokenState({ id })));
    const filled = (tokenGroupId: number, version: number) =>
      anEvent('token-group.tokens-added', { tokenGroupId, version, tokenIds });
    await fc.assert(
      fc.asyncProperty(fc.array(largeGroupStep, { minLength: 3, maxLength: 12 }), async (steps) => {
        await followed.model.reset();
        await followed.model.apply([...tokens, ...groups.map((group) => filled(group, 1))]);
        const poller = new Poller();
        for (const [i, { what, group }] of steps.entries()) {
          for (const caller of asking) await poller.list(caller);
          if (what === 'delete')
            await followed.model.apply([anEvent('token-group.deleted', { tokenGroupId: group, version: i + 2 })]);
          else if (what === 'fill') await followed.model.apply([filled(group, i + 2)]);
          else if (await followed.model.isSweeping()) await followed.model.sweep(group);
        }
        for (const caller of asking) await poller.list(caller);
      }),
      { numRuns: shortOrLong(5, 100), endOnFailure: true },
    );
  }, 240_000);

  test('is still that of the page as long as nothing changed for its customers, and what others do leaves it', async () => {
    let [same, changed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        eventSet,
        fc.array(step, { minLength: 5, maxLength: 15 }),
        callers,
        async (set, steps, asking) => {
          const world = new ChangingWorld(followed, set, []);
          await followed.model.reset();
          const poller = new Poller();
          for (const now of steps) {
            const tags = await Promise.all(asking.map((caller) => poller.list(caller)));
            const before = await rows();
            await world.take(now);
            const [after, isSweeping] = [await rows(), await world.isSweeping()];
            for (const [i, caller] of asking.entries()) {
              const isUnchanged = await poller.isUnchanged(caller, tags[i]!);
              expect([now, (await poller.list(caller)) === tags[i]]).toEqual([now, isUnchanged]);
              if (now.do === 'batch' && !isSweeping && theirs(caller, before) === theirs(caller, after))
                expect(isUnchanged).toBe(true);
              if (isUnchanged) same += 1;
              else changed += 1;
            }
          }
        },
      ),
      { numRuns: shortOrLong(40, 200), endOnFailure: true },
    );
    expect(Math.min(same, changed)).toBeGreaterThan(50);
  }, 240_000);

  test('of many customers tells their last change, also where none of them is among the last, or only what has gone is', async () => {
    await followed.model.reset();
    const caller = { request: new ListTokensRequest(), scope: SCOPES[4]! };
    const poller = new Poller();
    const tags = new Set<string>();
    const changed = (id: number, version: number, customerId: number) =>
      anEvent('token.updated', aTokenState({ id, version, customerId }));
    const others = (version: number) => Array.from({ length: 300 }, (_, i) => changed(1_000 + i, version, 99));
    await followed.model.apply([changed(1, 1, 2), changed(2, 1, 3), ...others(1)]);
    for (const [number, event] of [
      [1, changed(1, 2, 2)],
      [2, changed(2, 2, 98)],
      [3, changed(3, 1, 41)],
    ] as const) {
      tags.add(await poller.list(caller));
      await followed.model.apply([event]);
      await followed.model.apply(others(number + 1));
      tags.add(await poller.list(caller));
      expect(tags.size).toBe(number + 1);
    }
  });
});
