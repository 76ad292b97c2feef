import { Query } from '@nestjs/cqrs';
import type { Scope } from '../auth/scope.js';
import type { ListTokensRequest } from '../list-tokens/list-tokens.request.js';
import type { ExportCursor } from './export-cursor.js';

/** Every token that matches, of one state of the read model. Its caller reads the documents from the cursor, and closes it. */
export class ExportTokensQuery extends Query<ExportCursor> {
  constructor(
    /** Its filters and its order; an export has no pages. */
    readonly request: ListTokensRequest,
    readonly scope: Scope,
    /** The events up to this stream sequence are in the export. */
    readonly minPosition: bigint | undefined,
    /** Aborted when the caller is gone. */
    readonly gone: AbortSignal,
  ) {
    super();
  }
}
