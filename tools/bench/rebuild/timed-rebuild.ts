import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobPhase, JobStatus } from '#projection/job.js';
import { natsRequest } from '../../../test/support/clients.js';
import { eventually } from '../../../test/support/eventually.js';
import { withClient } from '../../../test/support/with-client.js';
import type { Site } from '../place/site.js';

const LOOK_EVERY_MS = 5;
const ACCEPTED_WITHIN_MS = 10_000;
/** Ten times as long as a million events should take. */
const WITHIN_MS = 1_200_000;

/** Times of one rebuild in seconds. */
export interface RebuildSeconds {
  readonly phases: Readonly<Partial<Record<JobPhase, number>>>;
  /** From the request to the switch. */
  readonly total: number;
}

/** Sends the running projector the request for a rebuild, as an operator would, and times its phases from the stored job. */
export async function timedRebuild({ nats, prefix, databaseUrl }: Site): Promise<RebuildSeconds> {
  const startedAt = performance.now();
  const generation = await eventually(
    'a rebuild to be accepted',
    async () => {
      const reply = await natsRequest(nats, `${prefix}.rebuild`, {});
      if (reply.status !== 200) throw new Error(reply.body);
      return reply.json<JobStatus>().generation;
    },
    { within: ACCEPTED_WITHIN_MS },
  );
  const phases = await withClient(databaseUrl, (client) => phasesOf(client, generation, startedAt));
  return { phases, total: (performance.now() - startedAt) / 1_000 };
}

async function phasesOf(client: pg.Client, generation: number, startedAt: number): Promise<RebuildSeconds['phases']> {
  const phases: Partial<Record<JobPhase, number>> = {};
  for (let phase: JobPhase = 'filling', since = startedAt; ; await sleep(LOOK_EVERY_MS)) {
    const now = performance.now();
    const next = await phaseNow(client, generation);
    if (next === phase) {
      if (now - startedAt > WITHIN_MS) throw new Error(`The rebuild is still ${phase} after ${WITHIN_MS / 1_000} s.`);
      continue;
    }
    phases[phase] = (phases[phase] ?? 0) + (now - since) / 1_000;
    if (next === 'live') return phases;
    [phase, since] = [next, now];
  }
}

async function phaseNow(client: pg.Client, generation: number): Promise<JobPhase | 'live'> {
  const { rows } = await client.query<{ state: string; phase: JobPhase | null }>(
    `select state, job ->> 'phase' as phase from generation where number = $1`,
    [generation],
  );
  const row = rows[0];
  if (row?.state === 'live') return 'live';
  if (!row?.phase) throw new Error(`The rebuild has failed: ${await lastWords(client)}`);
  return row.phase;
}

async function lastWords(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ message: string | null }>(
    `select status ->> 'message' as message from finished_job order by id desc limit 1`,
  );
  return rows[0]?.message ?? 'it left no word';
}
