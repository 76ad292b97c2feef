import { progress } from '../measure/progress.js';
import type { ListClock, ListRequest } from './list-clock.js';

export interface Timed {
  readonly request: ListRequest;
  readonly ms: number;
}

/**
 * On a busy machine a few of thousands of times are far off by accident. So the slowest and the fastest are timed again with more calls,
 * until all at both ends have been timed again, or the limit is reached.
 */
export const AGAIN = { ends: 10, calls: 15, most: 600 } as const;

/** @returns the slowest first */
export async function timeAll(clock: ListClock, requests: readonly ListRequest[]): Promise<Timed[]> {
  const shown = progress('combinations', requests.length);
  const timed: Timed[] = [];
  for (const request of requests) {
    timed.push({ request, ms: await clock.total(request) });
    shown.to(timed.length);
  }
  shown.end();
  return timeEndsAgain(clock, timed);
}

async function timeEndsAgain(clock: ListClock, timed: readonly Timed[]): Promise<Timed[]> {
  let sorted = timed.toSorted(slowestFirst);
  const done = new Set<ListRequest>();
  while (done.size < AGAIN.most) {
    const ends = [...sorted.slice(0, AGAIN.ends), ...sorted.slice(-AGAIN.ends)];
    const next = ends.filter(({ request }) => !done.has(request));
    if (next.length === 0) break;
    const again = new Map<ListRequest, number>();
    for (const { request } of next) again.set(request, await clock.total(request, AGAIN.calls));
    for (const request of again.keys()) done.add(request);
    sorted = sorted.map(({ request, ms }) => ({ request, ms: again.get(request) ?? ms })).sort(slowestFirst);
  }
  return sorted;
}

function slowestFirst(one: Timed, other: Timed): number {
  return other.ms - one.ms;
}
