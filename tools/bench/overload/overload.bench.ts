import { signToken } from '../../../test/support/jwt.js';
import type { Bench, BenchRun } from '../bench.js';
import { openListDoors, type ListDoor } from '../list/list-doors.js';
import { interleaved } from '../measure/rounds.js';
import { quantile } from '../measure/statistics.js';
import { BenchProcess } from '../place/bench-process.js';
import { LiveProbe } from './live-probe.js';
import { overloadReport, PATIENCE_SECONDS, type Crowd, type OverloadRounds } from './overload-report.js';

/** As many as the other benches have, ten times as many, and a crowd. */
const CONNECTIONS = [16, 160, 4_000] as const;

export const overloadBench: Bench = {
  name: 'overload',
  about: 'answers in time while far more is asked than can be answered',
  leastTokens: 100_000,
  run: async (bench) => {
    const site = await bench.readModel(bench.options.tokens);
    const doors = await openListDoors(site);
    const jwt = await signToken({ expiresIn: '24h' });
    const rounds = new Map<number, OverloadRounds>();
    for (const connections of CONNECTIONS) {
      const ours = async () => {
        const probe = new LiveProbe(doors.ours.url);
        const crowd = await send(bench, doors.ours, jwt, connections);
        const times = await probe.stop();
        return { ...crowd, liveMs: quantile(times, 0.5), slowestLiveMs: Math.max(...times) };
      };
      const of = { ours, floor: () => send(bench, doors.floor, jwt, connections) };
      rounds.set(connections, await interleaved(of, { rounds: 3 }));
    }
    await doors.stop();
    return overloadReport(bench.options, rounds);
  },
};

async function send(
  { options: { seconds } }: BenchRun,
  { url }: ListDoor,
  jwt: string,
  connections: number,
): Promise<Crowd> {
  const settings = {
    URL: `${url}/v2/tokens?limit=50`,
    JWT: jwt,
    CONNECTIONS: String(connections),
    SECONDS: String(seconds),
    PATIENCE_SECONDS: String(PATIENCE_SECONDS),
  };
  return JSON.parse(await new BenchProcess('overload/crowd.process.ts', settings).result()) as Crowd;
}
