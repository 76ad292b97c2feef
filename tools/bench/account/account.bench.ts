import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signToken } from '../../../test/support/jwt.js';
import { startQuery } from '../../../test/support/processes.js';
import { withClient } from '../../../test/support/with-client.js';
import type { Bench, BenchRun } from '../bench.js';
import { MixedUpdates } from '../events/mixed-updates.js';
import { askOverHttp } from '../measure/autocannon.js';
import { cpuSeconds } from '../measure/load.js';
import type { FilledReadModel } from '../place/filled-read-model.js';
import { publishEvents } from '../place/publish-events.js';
import { RunningProjector } from '../place/running-projector.js';
import type { Site } from '../place/site.js';
import { accountReport, type Account } from './account-report.js';
import { OF_A_LIST, OF_AN_EVENT, partsOf } from './parts.js';
import { sharesOf, type PartOf, type Profile } from './profile.js';

const EVENTS = 50_000;
const SAMPLE_EVERY_US = 500;

/** What a process did, with how often and how long. */
interface Done {
  readonly times: number;
  readonly seconds: number;
}

export const accountBench: Bench = {
  name: 'account',
  about: 'where the processor time of a request and of an event goes',
  run: async (bench) => {
    const site = await bench.readModel(bench.options.tokens);
    return accountReport(bench.options, {
      'a list of 50': await ofRequests(bench, site, 50),
      'a list of 500': await ofRequests(bench, site, 500),
      'an update': await ofEvents(site),
    });
  },
};

async function ofRequests({ options: { seconds } }: BenchRun, site: FilledReadModel, limit: number): Promise<Account> {
  const token = await signToken({ expiresIn: '24h' });
  return profiled('query', partsOf(OF_A_LIST), async (script) => {
    const query = await startQuery({ ...site.env, PAGE_CACHE_BYTES: '0' }, { script });
    const ask = () => askOverHttp(`${query.url}/v2/tokens?limit=${limit}`, seconds, token);
    await ask();
    const account = await metered(site, query.pid, async () => {
      const { answers } = await ask();
      return { times: answers, seconds };
    });
    await query.stop();
    return account;
  });
}

async function ofEvents(site: FilledReadModel): Promise<Account> {
  const updates = new MixedUpdates(site.seed);
  const { lastSequence } = await publishEvents(site, updates.next(EVENTS), EVENTS);
  return profiled('projector', partsOf(OF_AN_EVENT), async (script) => {
    const projector = await RunningProjector.start(site, script);
    const account = await metered(site, projector.pid, async () => {
      const done = await projector.reaches(lastSequence);
      return { times: EVENTS, seconds: (done - projector.projectingSince) / 1_000 };
    });
    await projector.stop();
    return account;
  });
}

type Metered = Done & Pick<Account, 'cpuUs' | 'postgresUs'>;

/** Runs an app with Node's profiler, from its files and not from the bundle, whose functions have lost their packages. */
async function profiled(
  app: string,
  partOf: PartOf,
  run: (script: readonly string[]) => Promise<Metered>,
): Promise<Account> {
  const directory = mkdtempSync(join(tmpdir(), 'profile-'));
  try {
    const flags = ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-interval=${SAMPLE_EVERY_US}`];
    const { seconds, cpuUs, postgresUs } = await run([...flags, `dist/apps/${app}/src/main.js`]);
    const [file] = readdirSync(directory);
    const profile = JSON.parse(readFileSync(join(directory, file!), 'utf8')) as Profile;
    return { cpuUs, postgresUs, shares: sharesOf(profile, seconds, partOf) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function metered({ databaseUrl }: Site, pid: number, work: () => Promise<Done>): Promise<Metered> {
  const [app, postgres] = [cpuSeconds(pid), await postgresSeconds(databaseUrl)];
  const done = await work();
  const us = (seconds: number) => (seconds * 1e6) / done.times;
  return {
    ...done,
    cpuUs: us(cpuSeconds(pid) - app),
    postgresUs: us((await postgresSeconds(databaseUrl)) - postgres),
  };
}

/** Processor time of the processes that serve this database's connections. */
function postgresSeconds(databaseUrl: string): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    return rows.reduce((sum, { pid }) => sum + (cpuSeconds(pid) || 0), 0);
  });
}
