import fc from 'fast-check';
import { pino } from 'pino';
import { EVERYTHING, type Scope } from '../../apps/query/src/auth/scope.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { ListTokensQuery } from '../../apps/query/src/list-tokens/list-tokens.query.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { PageReader } from '../../apps/query/src/list-tokens/page-reader.js';
import { SharedPages } from '../../apps/query/src/list-tokens/shared-pages.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import { eventSet } from '../oracle/arbitraries.js';
import { ListParts } from '../oracle/list-parts.js';
import { FollowedModel } from '../projector/followed-model.js';
import { aTokenState } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shortOrLong } from '../support/test-length.js';
import { anEvent, callers, ChangingWorld, step, type Caller } from './changing-world.js';

const ANY_SIZE = { bytes: 16_777_216, refuse: ({ bytes }: { bytes: number }) => new ServiceError(413, `${bytes}`) };
const MEGABYTE = 1_048_576;

interface Shown {
  readonly position: string;
  readonly body: string;
}

describe('a page from memory', () => {
  let database: TestDatabase;
  let followed: FollowedModel;
  let pools: ReadPools;
  let fromTables: ListParts;

  beforeAll(async () => {
    database = await createDatabase();
    followed = await FollowedModel.open(database.url);
    pools = new ReadPools(database.url, pino({ level: 'silent' }));
    fromTables = ListParts.over(pools);
  });
  afterAll(async () => {
    await Promise.all([followed.close(), pools.close()]);
    await database.drop();
  });

  async function shown({ handler }: ListParts, { request, scope }: Caller): Promise<Shown> {
    const { json, state, held } = await handler.execute(new ListTokensQuery(request, scope, ANY_SIZE, undefined, true));
    held.release();
    return { position: state.position, body: json.toString() };
  }

  async function results({ registry }: ListParts): Promise<Record<string, number>> {
    const { values } = await registry.getSingleMetric('query_page_cache_requests_total')!.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels['result'], value])) as Record<string, number>;
  }

  test('is the page that the tables have at its position, which is none of before the request, whatever happens', async () => {
    let [hits, changed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        eventSet,
        fc.nat(10),
        fc.array(step, { minLength: 5, maxLength: 20 }),
        callers,
        async (set, ofStream, steps, asking) => {
          const letters = set.slice(0, Math.floor((set.length * ofStream) / 20));
          const world = new ChangingWorld(followed, set.slice(letters.length), letters);
          await followed.model.reset();
          const parts = ListParts.over(pools, MEGABYTE);
          for (const now of steps) {
            // Others read while it happens, some of them the same page; what they find is kept, and is of before or after it.
            await Promise.all([
              world.take(now),
              ...[...asking, ...asking].map(async (caller) => {
                for (let i = 0; i < 3; i += 1) await shown(parts, caller);
              }),
            ]);
            const wanted = await Promise.all(asking.map((caller) => shown(fromTables, caller)));
            for (let again = 0; again < 3; again += 1)
              expect([now, await Promise.all(asking.map((caller) => shown(parts, caller)))]).toEqual([now, wanted]);
          }
          parts.cache.onModuleDestroy();
          const counted = await results(parts);
          hits += counted['hit'] ?? 0;
          changed += counted['changed'] ?? 0;
        },
      ),
      { numRuns: shortOrLong(20, 300), endOnFailure: true },
    );
    expect(hits).toBeGreaterThan(500);
    expect(changed).toBeGreaterThan(50);
  }, 240_000);

  test('shows what was committed before its request, also where several share its reading', async () => {
    const shared = new SharedPages(pools);
    const reader = new PageReader(fromTables.reader);
    const query = new ListTokensQuery(new ListTokensRequest(), EVERYTHING, ANY_SIZE, undefined, true);
    await followed.model.reset();
    for (let id = 1; id <= 10; id += 1) {
      let letGo = () => {};
      const others = new Promise<void>((resolve) => (letGo = resolve));
      const read = async () => {
        const page = await reader.read(query, { name: 'all', customers: null, withState: true });
        await others;
        return page;
      };
      const asked = [shared.read('all', undefined, read)];
      await followed.model.apply([anEvent('token.created', aTokenState({ id }))]);
      for (let caller = 0; caller < 3; caller += 1) asked.push(shared.read('all', undefined, read));
      letGo();
      const [, ...later] = await Promise.all(asked);
      for (const { count, held } of later) expect([count, held.release()]).toEqual([String(id), undefined]);
    }
  });

  test('never goes to a caller of another scope, or for another request', async () => {
    const parts = ListParts.over(pools, MEGABYTE);
    const [ids, owners] = [
      [1, 2, 3, 4],
      [1, 2, 12, 12],
    ];
    await followed.model.reset();
    await followed.model.apply([
      ...ids.map((id, i) => anEvent('token.created', aTokenState({ id, customerId: owners[i]! }))),
      // All of them have their last change at the same position.
      anEvent('token-group.tokens-added', { tokenGroupId: 1, version: 1, tokenIds: ids }),
    ]);
    const scopes: readonly Scope[] = [
      { kind: 'all' },
      ...[[], [1], [2], [1, 2], [12], [1, 12]].map((customerIds): Scope => ({ kind: 'customers', customerIds })),
    ];
    const requests = [
      {},
      { customerId: 1 },
      { customerId: 12 },
      { search: '1' },
      { search: '[1]' },
      { search: 'null' },
    ];
    const asking = scopes.flatMap((scope) =>
      requests.map((request): Caller => ({ request: Object.assign(new ListTokensRequest(), request), scope })),
    );
    const answer = (of: ListParts, caller: Caller) =>
      shown(of, caller).catch((error: unknown) => (error as ServiceError).statusCode);
    for (let round = 0; round < 3; round += 1)
      for (const caller of asking) expect(await answer(parts, caller)).toEqual(await answer(fromTables, caller));
    expect((await results(parts))['hit']).toBeGreaterThan(asking.length / 2);
    parts.cache.onModuleDestroy();
  });
});
