import type { ListClock, ListRequest, ListTime } from './list-clock.js';
import { ORDERS } from './combinations.js';

/** The target time for a kind of request, in milliseconds. */
export interface Target {
  readonly page?: number;
  readonly count?: number;
  /** The time of page and count together. */
  readonly total?: number;
}

/** A request with its target. */
export interface Aimed {
  readonly what: string;
  readonly request: ListRequest;
  readonly target: Target;
}

export interface TimedRequest extends Aimed {
  readonly time: ListTime;
}

/** Times the request as it is, and in that one of all orders that takes longest. */
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

export function verdict({ time, target }: TimedRequest): 'hit' | 'missed' {
  const { page = Infinity, count = Infinity, total = Infinity } = target;
  return time.page <= page && time.count <= count && time.total <= total ? 'hit' : 'missed';
}

export function targetText({ page, count, total }: Target): string {
  const parts = [
    page === undefined ? '' : `page ${page}`,
    count === undefined ? '' : `count ${count}`,
    total === undefined ? '' : `both ${total}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
