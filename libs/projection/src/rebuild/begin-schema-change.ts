import type { Client } from 'pg';
import type { Engine } from '../engine.js';
import type { StoredJob } from '../job.js';
import { createGeneration, isLive, liveOf, mayBeginJob, type GenerationRow } from '../store/generations.js';
import { inTransaction } from '../store/transaction.js';
import { ensureDiskSpaceUnattended } from './ensure-disk-space.js';
import { PLAIN_REBUILD } from './plain-rebuild.js';

/**
 * Makes the empty generation of this release, with the job that fills it.
 * @returns undefined if the leader has just begun another job, or another projector of this release has changed the schema
 * @throws {ServiceError} 409 if there is too little disk space
 */
export async function beginSchemaChange(
  { projection, settings, logger }: Engine,
  client: Client,
  generations: readonly GenerationRow[],
): Promise<{ readonly number: number; readonly job: StoredJob } | undefined> {
  const live = liveOf(generations);
  const wanted = { projection, live: live.number, kind: 'rebuild', limit: settings.databaseMaxBytes } as const;
  await ensureDiskSpaceUnattended(client, wanted, logger);
  const job: StoredJob = {
    ...PLAIN_REBUILD,
    startedAt: new Date().toISOString(),
    requested: 'run',
    phase: 'filling',
    mustBeCompared: true,
  };
  const number = await inTransaction(client, async () =>
    // No job is unfinished, and a job alone makes a newer generation live.
    (await mayBeginJob(client, projection)) && (await isLive(client, live.number))
      ? createGeneration(client, projection, job)
      : undefined,
  );
  if (number === undefined) return undefined;
  logger.info(
    { generation: number, schemaVersion: projection.schemaVersion, live: live.schemaVersion },
    'building the generation of this release beside the live one',
  );
  return { number, job };
}
