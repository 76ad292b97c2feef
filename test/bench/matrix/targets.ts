import type { ListClock, ListRequest, ListTime } from './list-clock.js';
import { ORDERS } from './combinations.js';

/** How fast a kind of request is meant to be, in milliseconds. */
export interface Target {
  readonly page?: number;
  readonly count?: number;
  /** Of page and count together. */
  readonly total?: number;
}

/** A request with what is expected of it. */
export interface Aimed {
  readonly what: string;
  readonly request: ListRequest;
  readonly target: Target;
}

export interface TimedRequest extends Aimed {
  readonly time: ListTime;
}

/** The request as it is, and in whichever of all orders takes longest. */
export async function timeInItsOrders(clock: ListClock, aimed: Aimed): Promise<TimedRequest[]> {
  const asItIs = { ...aimed, time: await clock.time(aimed.request) };
  let slowest: { readonly total: number; readonly order: ListRequest } = { total: -1, order: {} };
  for (const order of ORDERS) {
    const total = await clock.total({ ...aimed.request, ...order });
    if (total > slowest.total) slowest = { total, order };
  }
  const { sortBy, sortDirection } = slowest.order;
  const request = { ...aimed.request, ...slowest.order };
  const what = `${aimed.what}, slowest order: ${sortBy} ${sortDirection}`;
  return [asItIs, { what, request, target: aimed.target, time: await clock.time(request) }];
}

/** Where the parts are not known, the whole has to stay below their sum. */
export function verdict({ time: { page, count, total }, target }: TimedRequest): 'hit' | 'missed' {
  const most = target.total ?? (target.page ?? Infinity) + (target.count ?? Infinity);
  const isHit =
    page === undefined || count === undefined || target.total !== undefined
      ? total <= most
      : page <= (target.page ?? Infinity) && count <= (target.count ?? Infinity);
  return isHit ? 'hit' : 'missed';
}

export function targetText({ page, count, total }: Target): string {
  const parts = [
    page === undefined ? '' : `page ${page}`,
    count === undefined ? '' : `count ${count}`,
    total === undefined ? '' : `both ${total}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
