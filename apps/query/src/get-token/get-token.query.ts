import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { ReadModelState } from '../reading/read-model-reader.js';

export interface FoundToken {
  /** The token object. */
  readonly json: string;
  readonly state: ReadModelState;
}

export class GetTokenQuery extends Query<FoundToken> {
  constructor(
    readonly id: number,
    readonly scope: Scope,
  ) {
    super();
  }
}
