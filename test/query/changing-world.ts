import fc from 'fast-check';
import type { DomainEvent } from '#token-contract/events.js';
import { countDeferred } from '#projection/store/deferred-work.js';
import { EVERYTHING, type Scope } from '../../apps/query/src/auth/scope.js';
import { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import { listRequest } from '../oracle/arbitraries.js';
import { messagesOf, type FollowedModel } from '../projector/followed-model.js';

const NOON = '2025-06-03T12:00:00.000Z';
/** Customers 1 to 3 exist, and the largest id there is. */
export const SCOPES: readonly Scope[] = [
  EVERYTHING,
  ...[[1], [2], [1, 2], Array.from({ length: 40 }, (_, i) => i + 2), []].map((customerIds): Scope => ({
    kind: 'customers',
    customerIds,
  })),
];

/** What happens to the read model. */
export const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('batch' as const), size: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const), size: fc.constant(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), size: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebuild' as const), size: fc.integer({ min: 1, max: 8 }) }) },
);

export function anEvent(type: DomainEvent['type'], data: object): DomainEvent {
  return { eventId: 'a', time: NOON, type, data } as DomainEvent;
}

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export interface Caller {
  readonly request: ListTokensRequest;
  readonly scope: Scope;
}

export const callers = fc.array(
  fc.record({ request: listRequest, scope: fc.constantFrom(...SCOPES) }).map(({ request, scope }): Caller => ({
    request: Object.assign(new ListTokensRequest(), request, { customerId: undefined }),
    scope,
  })),
  { minLength: 2, maxLength: 5 },
);

/** A read model to which things happen. */
export class ChangingWorld {
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
