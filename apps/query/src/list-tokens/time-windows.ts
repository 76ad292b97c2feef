import type { Instant } from '#token-contract/instant.js';
import type { KeyRange } from './list-order.js';
import type { Values } from './list-scope.js';
import type { ListTokensRequest } from './list-tokens.request.js';
import type { TokenStatus } from './token-status.js';

/** The values of one time that a list may have. */
export interface TimeWindow {
  readonly table: 'token' | 'tokenUpdated';
  readonly column: 'created_at' | 'updated_at' | 'valid_from' | 'expires_at';
  readonly range: KeyRange;
  /** For the name of a prepared statement: the column, and the ends that are given. */
  readonly name: string;
  /** Given if nearly all tokens are in the window: the window of the rest, which is sooner counted. */
  readonly rest?: TimeWindow;
}

interface Ends {
  readonly from?: Instant | undefined;
  readonly below?: Instant | undefined;
}

/** Where a status puts the times of a token. Tokens are valid and not expired for most of their time. */
const BY_STATUS: Readonly<
  Record<TokenStatus, { readonly valid?: 'past' | 'future'; readonly expires?: 'past' | 'future' }>
> = {
  inactive: {},
  notYetValid: { valid: 'future' },
  expired: { valid: 'past', expires: 'past' },
  usable: { valid: 'past', expires: 'future' },
};

/** The filters of a list by time; those of its status as well. */
export function timeWindows(request: ListTokensRequest, values: Values): TimeWindow[] {
  const { createdAtFrom, createdAtTo, updatedAtFrom, updatedAtTo, validFrom, validTo, expiresFrom, expiresTo } =
    request;
  const { status, judgedAt = new Date().toISOString() } = request;
  const { valid, expires } = status ? BY_STATUS[status] : {};
  // A token is valid from the very instant on, and expired from the very instant on. Times are whole milliseconds.
  const next = new Date(Date.parse(judgedAt) + 1).toISOString();
  const sides = { past: { below: next }, future: { from: next } };
  const column = (name: TimeWindow['column'], asked: Ends, side?: 'past' | 'future'): TimeWindow[] => {
    const isAsked = asked.from !== undefined || asked.below !== undefined;
    if (!isAsked && !side) return [];
    if (isAsked) return [windowOf(name, side ? narrower(asked, sides[side]) : asked, values)];
    const isOfMost = side === (name === 'valid_from' ? 'past' : 'future');
    const window = windowOf(name, sides[side!], values, name === 'expires_at' && side === 'future');
    const rest = side === 'past' ? { from: window.range.below } : { below: window.range.from };
    return [isOfMost ? { ...window, rest: { ...window, range: rest } } : window];
  };
  return [
    ...column('created_at', { from: createdAtFrom, below: createdAtTo }),
    ...column('updated_at', { from: updatedAtFrom, below: updatedAtTo }),
    ...column('valid_from', { from: validFrom, below: validTo }, valid),
    ...column('expires_at', { from: expiresFrom, below: expiresTo }, expires),
  ];
}

/** @param withNever whether tokens that never expire are in the window as well */
function windowOf(column: TimeWindow['column'], { from, below }: Ends, values: Values, withNever = false): TimeWindow {
  const bound = (instant: Instant | undefined) =>
    instant === undefined ? undefined : `${values.bind(instant)}::timestamptz`;
  const [first, end] = [bound(from), bound(below)];
  const last = column === 'expires_at' && !withNever ? `'infinity'` : undefined;
  return {
    table: column === 'updated_at' ? 'tokenUpdated' : 'token',
    column,
    range: { from: first, below: end ?? last },
    name: column.split('_')[0]! + (below === undefined ? '' : from === undefined ? '_to' : '_between'),
  };
}

/** What lies within both. */
function narrower(one: Ends, other: Ends): Ends {
  const given = (end: keyof Ends) => [one[end], other[end]].filter((instant) => instant !== undefined).sort();
  return { from: given('from').at(-1), below: given('below')[0] };
}
