import { jetstreamManager } from '@nats-io/jetstream';
import type { StoredJob } from '#read-model/job.js';
import { positionOf } from '../consume/position.js';
import { findStream } from '../consume/stream.js';
import type { BuildSource } from './build-reader.js';
import { GenerationBuild, type BuildParts } from './generation-build.js';
import { JobFailed } from './job-ended.js';
import type { JobProgress } from './job-progress.js';
import { ensureSameHistory } from './same-history.js';

/**
 * Reads an archive, a mirror or any other stream of the same events to its end, and leaves the generation at the beginning of the
 * projector's own stream. What both hold is applied twice, which by the events' versions changes nothing. Begun again, it goes
 * on where it was: the stored position says in which of the streams that is.
 * @returns whether the archive has been read to its end; false when it was held up
 */
export async function readArchive(
  parts: BuildParts,
  archive: string,
  own: BuildSource,
  job: StoredJob,
  progress: JobProgress,
): Promise<boolean> {
  const stored = await positionOf(parts.client, parts.generation);
  if (stored.stream === own.stream) return true;
  const info = await findStream(await jetstreamManager(parts.connection), archive);
  if (!info) throw new JobFailed(`the stream ${archive} does not exist`);
  const head = info.state.last_seq;
  const build = await GenerationBuild.open(parts, { stream: archive, streamCreated: info.created }, job);
  try {
    const show = (position: number) => progress.reached(archive, position, head);
    const isHeldUp = () => progress.isHeldUp;
    const isRead = (await build.feedTo(head, isHeldUp, show)) && (await build.sweep(isHeldUp));
    if (!isRead || progress.isHeldUp) return false;
    if (job.repair) await ensureSameHistory(parts.client, parts.generation, archive);
    await build.leaveFor(own);
    return true;
  } finally {
    await build.close();
  }
}
