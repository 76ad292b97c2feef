import { signToken } from '../../../test/support/jwt.js';
import type { Bench, BenchRun } from '../bench.js';
import { askOverHttp } from '../measure/autocannon.js';
import { underLoad, type LoadFigures } from '../measure/load.js';
import { interleaved } from '../measure/rounds.js';
import type { FilledReadModel } from '../place/filled-read-model.js';
import { openListDoors, type ListDoor, type ListDoors } from './list-doors.js';
import { listReport, type ListRounds, type ScopedRounds } from './list-report.js';
import { hasPgbench, statementsPerSecond } from './pgbench.js';
import { checkSameData } from './same-data.js';
import { jwtsOfUsualCallers } from './usual-callers.js';

const LIMITS = [50, 500] as const;

export const listBench: Bench = {
  name: 'list',
  about: 'list requests per second over HTTP',
  leastTokens: 100_000,
  run: async (bench) => {
    const site = await bench.readModel(bench.options.tokens);
    const doors = await openListDoors(site);
    const token = await signToken({ expiresIn: '24h' });
    await checkSameData(doors, token);
    const rounds = new Map<number, ListRounds>();
    for (const limit of LIMITS) rounds.set(limit, await measure(bench, site, doors, token, limit));
    const scoped = new Map<number, ScopedRounds>();
    for (const limit of LIMITS) scoped.set(limit, await measureScoped(bench, site, doors, token, limit));
    await doors.stop();
    return listReport(bench.options, rounds, scoped);
  },
};

function measure(
  { options: { seconds } }: BenchRun,
  { databaseUrl }: FilledReadModel,
  { ours, remembering, floor, peer }: ListDoors,
  token: string,
  limit: number,
): Promise<ListRounds> {
  const ask = (door: ListDoor, jwt?: string) => askFor(door, limit, seconds, jwt);
  const pgbench = async (): Promise<LoadFigures> => ({
    perSecond: hasPgbench() ? await statementsPerSecond(databaseUrl, limit, seconds) : NaN,
    cpuMs: NaN,
  });
  return interleaved({
    ours: () => ask(ours, token),
    remembering: () => ask(remembering, token),
    floor: () => ask(floor),
    peer: () => ask(peer),
    pgbench,
  });
}

async function measureScoped(
  { options: { seconds } }: BenchRun,
  site: FilledReadModel,
  { ours }: ListDoors,
  all: string,
  limit: number,
): Promise<ScopedRounds> {
  const [ofTwo] = await jwtsOfUsualCallers(site, 1);
  return interleaved({
    ofTwo: () => askFor(ours, limit, seconds, ofTwo),
    ofAll: () => askFor(ours, limit, seconds, all),
  });
}

function askFor({ url, pid }: ListDoor, limit: number, seconds: number, jwt?: string): Promise<LoadFigures> {
  return underLoad(pid, () => askOverHttp(`${url}/v2/tokens?limit=${limit}`, seconds, jwt));
}
