import type { Bench } from '../bench.js';
import { progress } from '../measure/progress.js';
import { combinations } from './combinations.js';
import { Comparison } from './comparison.js';
import { customersToAskFor } from './customers.js';
import { dateRequests } from './dates.js';
import { filterRequests } from './filters.js';
import { ListClock } from './list-clock.js';
import { matrixReport } from './matrix-report.js';
import { offsetRequests } from './offsets.js';
import { timeOfResolving } from './resolve.js';
import { searchRequests } from './searches.js';
import { timeInItsOrders, type Aimed, type TimedRequest } from './targets.js';
import { timeAll } from './time-all.js';

export const matrixBench: Bench = {
  name: 'matrix',
  about: 'the time of every kind of list request in the database, against its target',
  run: async ({ options, readModel }) => {
    const { databaseUrl } = await readModel(options.tokens);
    const comparison = await Comparison.open(databaseUrl);
    const clock = new ListClock(databaseUrl);
    try {
      const all = await timeAll(clock, combinations(await customersToAskFor(databaseUrl)));
      const aimed = [
        ...(await dateRequests(databaseUrl)),
        ...(await filterRequests(databaseUrl)),
        ...(await searchRequests(databaseUrl)),
        ...(await offsetRequests(clock, options.tokens)),
      ];
      const resolving = await timeOfResolving(databaseUrl);
      const report = await matrixReport(options, comparison, all, await timeAimed(clock, aimed));
      return { ...report, notes: [...report.notes, resolving] };
    } finally {
      await clock.close();
      await comparison.close();
    }
  },
};

async function timeAimed(clock: ListClock, requests: readonly Aimed[]): Promise<TimedRequest[]> {
  const shown = progress('dates, other filters, searches, offsets', requests.length);
  const timed: TimedRequest[] = [];
  for (const [done, aimed] of requests.entries()) {
    timed.push(...(await timeInItsOrders(clock, aimed)));
    shown.to(done + 1);
  }
  shown.end();
  return timed;
}
