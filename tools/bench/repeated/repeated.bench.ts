import { startQuery } from '../../../test/support/processes.js';
import type { AppProcess } from '../../../test/support/app-process.js';
import type { Bench, BenchRun } from '../bench.js';
import { MixedUpdates } from '../events/mixed-updates.js';
import { steadyEvents } from '../freshness/steady-events.js';
import type { ListDoor } from '../list/list-doors.js';
import { jwtsOfUsualCallers } from '../list/usual-callers.js';
import { underLoad, type Load } from '../measure/load.js';
import { interleaved } from '../measure/rounds.js';
import { CONCURRENCY } from '../options.js';
import { BenchProcess, startBenchProcess } from '../place/bench-process.js';
import type { FilledReadModel } from '../place/filled-read-model.js';
import { RunningProjector } from '../place/running-projector.js';
import { repeatedReport, type RepeatedRounds } from './repeated-report.js';

const LIMITS = [50, 500] as const;
const CALLERS = 50;

export const repeatedBench: Bench = {
  name: 'repeated',
  about: 'repeated list requests of many callers while events are applied',
  leastTokens: 100_000,
  run: async (bench) => {
    const site = await bench.readModel(bench.options.tokens);
    const env = { DATABASE_URL: site.databaseUrl };
    const [kept, read] = [await startQuery(site.env), await startQuery({ ...site.env, PAGE_CACHE_BYTES: '0' })];
    const floor = await startBenchProcess('list/floor-list.process.ts', env);
    const bare = await startBenchProcess('repeated/bare.process.ts', env);
    const projector = await RunningProjector.start(site);
    const asDoor = ({ line, process: { pid } }: typeof floor): ListDoor => ({ url: line, pid });
    const doors = { kept, read, floor: asDoor(floor), bare: asDoor(bare) };
    const updates = new MixedUpdates(site.seed);
    const tokens = await jwtsOfUsualCallers(site, CALLERS);
    const rounds = new Map<number, RepeatedRounds>();
    for (const limit of LIMITS) rounds.set(limit, await measure(bench, site, doors, updates, requests(tokens, limit)));
    const hits = await hitRate(kept);
    await Promise.all([kept.stop(), read.stop(), floor.process.stop(), bare.process.stop(), projector.stop()]);
    return repeatedReport(bench.options, rounds, hits);
  },
};

async function measure(
  { options: { seconds } }: BenchRun,
  site: FilledReadModel,
  doors: Readonly<Record<keyof RepeatedRounds, ListDoor>>,
  updates: MixedUpdates,
  asked: string,
): Promise<RepeatedRounds> {
  const ask = (name: keyof RepeatedRounds) => async () => {
    const { url, pid } = doors[name];
    const events = steadyEvents(site, updates, seconds, () => Promise.resolve(Infinity));
    const load = await underLoad(pid, () => send(url, asked, seconds));
    await events;
    return load;
  };
  return interleaved({ kept: ask('kept'), read: ask('read'), floor: ask('floor'), bare: ask('bare') });
}

async function send(url: string, requests: string, seconds: number): Promise<Load> {
  const settings = { URL: url, REQUESTS: requests, SECONDS: String(seconds), CONCURRENCY: String(CONCURRENCY) };
  return JSON.parse(await new BenchProcess('repeated/requester.process.ts', settings).result()) as Load;
}

function requests(tokens: readonly string[], limit: number): string {
  const paths = [`/v2/tokens?limit=${limit}`, `/v2/tokens?limit=${limit}&sortBy=updatedAt`];
  return JSON.stringify(paths.flatMap((path) => tokens.map((token) => ({ path, token }))));
}

/** Of all requests since the app has started, those of the warm-up included. */
async function hitRate(app: AppProcess): Promise<number> {
  const metrics = await app.metrics();
  const of = (result: string) => metrics.get(`query_page_cache_requests_total{result="${result}"}`) ?? 0;
  return of('hit') / (of('hit') + of('changed') + of('passed') + of('absent'));
}
