import fc from 'fast-check';
import { pino } from 'pino';
import type { DomainEvent } from '#token-contract/events.js';
import { countDeferred } from '#projection/store/deferred-work.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { EVERYTHING, type Scope } from '../../apps/query/src/auth/scope.js';
import { GetTokenHandler } from '../../apps/query/src/get-token/get-token.handler.js';
import { GetTokenQuery } from '../../apps/query/src/get-token/get-token.query.js';
import { ListTokensHandler } from '../../apps/query/src/list-tokens/list-tokens.handler.js';
import { ListTokensQuery } from '../../apps/query/src/list-tokens/list-tokens.query.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { KnownTags } from '../../apps/query/src/polling/known-tags.js';
import { ListUnchangedHandler } from '../../apps/query/src/polling/list-unchanged.handler.js';
import { ListUnchangedQuery } from '../../apps/query/src/polling/list-unchanged.query.js';
import { Pulse } from '../../apps/query/src/reading/pulse.js';
import { ReadModelReader } from '../../apps/query/src/reading/read-model-reader.js';
import { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import { SigningKey } from '../../apps/query/src/reading/signing-key.js';
import { generationTables } from '#token-read-model/generation-tables.js';
import { eventSet, listRequest } from '../oracle/arbitraries.js';
import { FollowedModel, messagesOf } from '../projector/followed-model.js';
import { aTokenState } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shortOrLong } from '../support/test-length.js';

const NOON = '2025-06-03T12:00:00.000Z';
const ANY_SIZE = { bytes: 16_777_216, refuse: ({ bytes }: { bytes: number }) => new ServiceError(413, `${bytes}`) };
/** Customers 1 to 3 exist, and the largest id there is. */
const SCOPES: readonly Scope[] = [
  EVERYTHING,
  ...[[1], [2], [1, 2], Array.from({ length: 40 }, (_, i) => i + 2), []].map((customerIds): Scope => ({
    kind: 'customers',
    customerIds,
  })),
];

/** What happens to the read model. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('batch' as const), size: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const), size: fc.constant(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), size: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebuild' as const), size: fc.integer({ min: 1, max: 8 }) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Caller {
  readonly request: ListTokensRequest;
  readonly scope: Scope;
}

interface Row {
  readonly customer: number;
  readonly row: string;
}

/** A read model to which things happen. */
class World {
  private read = 0;
  private replayed = 0;
  private readonly stream: ReturnType<typeof messagesOf>;

  constructor(
    private readonly followed: FollowedModel,
    events: readonly DomainEvent[],
    private readonly letters: readonly DomainEvent[],
  ) {
    this.stream = messagesOf(events);
  }

  async take({ do: what, size }: Step): Promise<void> {
    const { followed, stream, letters } = this;
    if (what === 'batch' && this.read < stream.length) {
      await followed.model.deliver(stream.slice(this.read, this.read + size));
      this.read = Math.min(stream.length, this.read + size);
    } else if (what === 'sweep') {
      if (await this.isSweeping()) await followed.model.sweep(size);
    } else if (what === 'replay' && this.replayed < letters.length) {
      await followed.replay(letters.slice(this.replayed, this.replayed + size));
      this.replayed += size;
    } else if (what === 'rebuild' && this.read > 0) {
      const read = stream.slice(0, this.read);
      const batches = Array.from({ length: Math.ceil(read.length / size) }, (_, i) =>
        read.slice(i * size, (i + 1) * size),
      );
      await followed.rebuild(batches, letters.slice(0, this.replayed));
    }
  }

  async isSweeping(): Promise<boolean> {
    const { client, position } = this.followed.model.writing;
    return (await countDeferred(client, position.generation)) > 0;
  }
}

describe('a tag', () => {
  let database: TestDatabase;
  let followed: FollowedModel;
  let pools: ReadPools;
  let reader: ReadModelReader;

  beforeAll(async () => {
    database = await createDatabase();
    followed = await FollowedModel.open(database.url);
    pools = new ReadPools(database.url, pino({ level: 'silent' }));
    reader = new ReadModelReader(pools, new Pulse(pools), new SigningKey());
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
      const { json, tag, held } = await new ListTokensHandler(reader).execute(query);
      held.release();
      this.see(tag!, json.toString());
      return tag!;
    }

    async token(id: number): Promise<void> {
      const query = new GetTokenQuery(id, EVERYTHING, ANY_SIZE, undefined, true);
      try {
        const { json, tag, held } = await new GetTokenHandler(reader).execute(query);
        held.release();
        this.see(tag!, json.toString());
      } catch (error) {
        if (!(error instanceof ServiceError && error.statusCode === 404)) throw error;
      }
    }

    async isUnchanged({ request, scope }: Caller, tag: string): Promise<boolean> {
      const known = new KnownTags({ headers: { 'if-none-match': tag } });
      const query = new ListUnchangedQuery(request, scope, known, undefined);
      return (await new ListUnchangedHandler(reader).execute(query)) !== undefined;
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

  const callers = fc.array(
    fc.record({ request: listRequest, scope: fc.constantFrom(...SCOPES) }).map(({ request, scope }): Caller => ({
      request: Object.assign(new ListTokensRequest(), request, { customerId: undefined }),
      scope,
    })),
    { minLength: 2, maxLength: 5 },
  );

  test('stands for one body, whoever reads while events, letters, large groups and rebuilds come', async () => {
    await fc.assert(
      fc.asyncProperty(
        eventSet,
        fc.nat(10),
        fc.array(step, { minLength: 5, maxLength: 15 }),
        callers,
        async (set, ofStream, steps, asking) => {
          const letters = set.slice(0, Math.floor((set.length * ofStream) / 20));
          const world = new World(followed, set.slice(letters.length), letters);
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

  test('is still that of the page as long as nothing changed for its customers, and what others do leaves it', async () => {
    let [same, changed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        eventSet,
        fc.array(step, { minLength: 5, maxLength: 15 }),
        callers,
        async (set, steps, asking) => {
          const world = new World(followed, set, []);
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
      { numRuns: shortOrLong(15, 200), endOnFailure: true },
    );
    expect(Math.min(same, changed)).toBeGreaterThan(50);
  }, 240_000);

  test('of many customers tells their last change, also where none of them is among the last, or only what has gone is', async () => {
    await followed.model.reset();
    const caller = { request: new ListTokensRequest(), scope: SCOPES[4]! };
    const poller = new Poller();
    const tags = new Set<string>();
    const changed = (id: number, version: number, customerId: number) =>
      ({
        eventId: 'a',
        time: NOON,
        type: 'token.updated',
        data: aTokenState({ id, version, customerId }),
      }) as DomainEvent;
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
