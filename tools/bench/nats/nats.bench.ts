import { signToken } from '../../../test/support/jwt.js';
import { startQuery } from '../../../test/support/processes.js';
import type { Bench } from '../bench.js';
import { askOverHttp } from '../measure/autocannon.js';
import { underLoad, type Load } from '../measure/load.js';
import { interleaved } from '../measure/rounds.js';
import { CONCURRENCY } from '../options.js';
import { BenchProcess, startBenchProcess } from '../place/bench-process.js';
import { natsReport, type NatsRounds } from './nats-report.js';

const LIMITS = [50, 500] as const;

export const natsBench: Bench = {
  name: 'nats',
  about: 'list requests per second over NATS, beside HTTP',
  run: async (bench) => {
    const { prefix, natsUrl, env } = await bench.readModel(bench.options.tokens);
    const { seconds } = bench.options;
    const query = await startQuery({ ...env, PAGE_CACHE_BYTES: '0' });
    const { process: floor } = await startBenchProcess('nats/floor-responder.process.ts', env);
    const token = await signToken({ expiresIn: '24h' });
    const rounds = new Map<number, NatsRounds>();
    for (const limit of LIMITS) {
      const ask = (subject: string) => askOverNats(natsUrl, subject, JSON.stringify({ limit }), seconds);
      const url = `${query.url}/v2/tokens?limit=${limit}`;
      const of = await interleaved({
        ours: () => underLoad(query.pid, () => ask(`${prefix}.list`)),
        floor: () => underLoad(floor.pid, () => ask('floor.list')),
        http: () => underLoad(query.pid, () => askOverHttp(url, seconds, token)),
      });
      rounds.set(limit, of);
    }
    await Promise.all([query.stop(), floor.stop()]);
    return natsReport(bench.options, rounds);
  },
};

async function askOverNats(natsUrl: string, subject: string, body: string, seconds: number): Promise<Load> {
  const about = { SECONDS: String(seconds), CONCURRENCY: String(CONCURRENCY) };
  const requester = new BenchProcess('nats/requester.process.ts', {
    NATS_URL: natsUrl,
    SUBJECT: subject,
    BODY: body,
    ...about,
  });
  return JSON.parse(await requester.result()) as Load;
}
