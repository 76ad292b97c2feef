import { jetstreamManager } from '@nats-io/jetstream';
import type { Client } from 'pg';
import type { Engine } from '../engine.js';
import type { StoredJob } from '../job.js';
import { changeJob } from '../store/jobs.js';
import { readPosition } from '../store/position.js';
import { createStreamIfMissing, streamNow } from '../stream/stream.js';
import type { JobProgress } from './job-progress.js';
import { LivePosition } from './live-position.js';
import { followRequests } from './requested-state.js';
import { catchUp } from './phases/fill.js';
import { PREPARATION } from './run-phases.js';
import type { VacantLease } from './vacant-lease.js';
import type { Work } from './work.js';

/**
 * Brings a generation near the live one without leading, while another projector feeds the live one.
 * @throws the errors of its phases
 */
export async function prepareGeneration(
  engine: Engine,
  client: Client,
  progress: JobProgress,
  lease: VacantLease,
): Promise<void> {
  const requests = followRequests(engine.pool, progress, engine.settings.databaseMaxBytes);
  const live = new LivePosition(engine, await readPosition(client, engine.projection), lease);
  let work: Work | undefined;
  try {
    await requests.now();
    work = await open(engine, client, live, progress);
    for (const phase of PREPARATION) await phase(work);
    // The projector that leads keeps the list up to date during a pause. This one would not: it must not take the lease.
    for (await requests.now(); progress.isHeldUp; await requests.now()) await catchUp(work);
  } finally {
    await work?.build?.close();
    void live.stop();
    void requests.stop();
  }
}

async function open(engine: Engine, client: Client, live: LivePosition, progress: JobProgress): Promise<Work> {
  const { generation, order } = progress;
  const connection = await engine.link.connected();
  const { stream } = engine.settings.stream;
  const manager = await jetstreamManager(connection);
  // No projector has led yet that could have made it.
  if (live.position.streamCreated === null) await createStreamIfMissing(manager, engine.settings.stream, engine.logger);
  const info = await streamNow(manager, stream);
  const source = { stream, streamCreated: info.created, head: info.state.last_seq };
  const fence = () => Promise.resolve();
  const job = { generation, startedAt: order.startedAt };
  const keep = (change: Partial<StoredJob>) => changeJob(client, job, change);
  const parts = { projection: engine.projection, client, fence, keep, connection, generation };
  return { engine, parts, source, live, progress, order, build: undefined };
}
