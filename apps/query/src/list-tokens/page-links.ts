import type { Cursors } from './cursor.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import type { PageStart } from './page-start.js';

/** The cursors of the pages beside a page; left out where there is none. */
export interface PageLinks {
  readonly next?: string;
  readonly prev?: string;
}

/**
 * @param from where the page begins, if the request had a cursor: how many tokens are before it is not known then, so the last page may
 * name a next one, which is empty
 * @param count of the whole list
 */
export function pageLinks(
  { offset, limit }: ListTokensRequest,
  from: PageStart | undefined,
  documents: readonly string[],
  count: string,
  cursors: Cursors,
): PageLinks {
  const [first, last] = [documents[0], documents.at(-1)];
  if (first === undefined || last === undefined) return {};
  const isFull = documents.length === limit;
  const hasNext = from ? from.reads === 'before' || isFull : offset + documents.length < Number(count);
  const hasPrev = from ? from.reads === 'after' || isFull : offset > 0;
  return {
    ...(hasNext ? { next: cursors.write('after', last) } : {}),
    ...(hasPrev ? { prev: cursors.write('before', first) } : {}),
  };
}
