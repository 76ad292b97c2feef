import type { PageLinks } from './page-links.js';

/** A page that may be sent again as long as its state is that of the tables. */
export interface Page {
  /** `{"data":[...],"count":n}` in UTF-8. */
  readonly json: Buffer;
  readonly links: PageLinks;
  readonly tag: string | undefined;
  /** The number of tokens that match, independent of offset and limit. */
  readonly count: string;
  /** Of everything that the customers' tokens show. */
  readonly visible: string;
}

/** With what is known of the requests for it. */
export interface Kept {
  readonly page: Page;
  readonly customers: readonly number[] | null;
  /** How often it was sent. */
  hits: number;
  /** How many pages in a row were found to be of another state than the tables. */
  changes: number;
  /** This many requests read the tables without asking whether the page is still true. */
  passes: number;
  isOutdated: boolean;
  /** Somebody reads it again before its time is over. */
  isRenewed: boolean;
}

/** Beside its bytes, a page takes this. */
export const OVERHEAD_BYTES = 1_024;

/** In bytes. */
export function sizeOf({ page }: Kept, name: string): number {
  const { next = '', prev = '' } = page.links;
  return page.json.length + 2 * name.length + next.length + prev.length + OVERHEAD_BYTES;
}

/** Node cuts small buffers out of a larger one, which would stay in memory as a whole. */
export function owned(json: Buffer): Buffer {
  if (json.buffer.byteLength === json.length) return json;
  const own = Buffer.allocUnsafeSlow(json.length);
  json.copy(own);
  return own;
}
