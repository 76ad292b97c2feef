import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { ListTokensRequest } from '../list-tokens/list-tokens.request.js';
import type { ReadModelState } from '../reading/reading.js';
import type { KnownTags } from './known-tags.js';

export interface Unchanged {
  readonly tag: string;
  /** The state in which the list is still the same. */
  readonly state: ReadModelState;
}

/** Whether a caller has the page that it asks for. undefined: it has to be read. */
export class ListUnchangedQuery extends Query<Unchanged | undefined> {
  constructor(
    readonly request: ListTokensRequest,
    readonly scope: Scope,
    readonly known: KnownTags,
    /** It is judged with the events up to this stream sequence. */
    readonly minPosition: bigint | undefined,
  ) {
    super();
  }
}
