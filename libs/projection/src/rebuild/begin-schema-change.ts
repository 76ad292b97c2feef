import type { Client } from 'pg';
import type { Engine } from '../engine.js';
import type { StoredJob } from '../job.js';
import { createGeneration, type GenerationRow } from '../store/generations.js';
import { inTransaction } from '../store/transaction.js';
import { ensureRoomUnattended } from './disk-space/ensure-room.js';
import { PLAIN_REBUILD } from './plain-rebuild.js';

/** Makes the empty generation of this release, with the job that fills it. @throws {ServiceError} 409 if there is too little disk space */
export async function beginSchemaChange(
  { projection, settings, logger }: Engine,
  client: Client,
  generations: readonly GenerationRow[],
): Promise<{ readonly number: number; readonly job: StoredJob }> {
  const live = generations.find(({ state }) => state === 'live')!;
  const wanted = { projection, live: live.number, kind: 'rebuild', limit: settings.databaseMaxBytes } as const;
  await ensureRoomUnattended(client, wanted, logger);
  const job: StoredJob = {
    ...PLAIN_REBUILD,
    startedAt: new Date().toISOString(),
    requested: 'run',
    phase: 'filling',
    mustBeCompared: true,
  };
  const number = await inTransaction(client, () => createGeneration(client, projection, job));
  logger.info(
    { generation: number, schemaVersion: projection.schemaVersion, live: live.schemaVersion },
    'building the generation of this release beside the live one',
  );
  return { number, job };
}
