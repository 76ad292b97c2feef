import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { HeldBytes } from '../reading/answer-bytes.js';
import type { AnswerRoom } from '../reading/answer-room.js';
import type { ReadModelState } from '../reading/read-model-reader.js';

export interface FoundToken {
  /** The token object, in UTF-8. */
  readonly json: Buffer;
  readonly state: ReadModelState;
  /** To be released when the token has left the process. */
  readonly held: HeldBytes;
}

export class GetTokenQuery extends Query<FoundToken> {
  constructor(
    readonly id: number,
    readonly scope: Scope,
    readonly room: AnswerRoom,
  ) {
    super();
  }
}
