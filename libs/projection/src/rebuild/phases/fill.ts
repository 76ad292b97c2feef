import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { positionOf } from '../../store/position.js';
import { findStream, streamNow } from '../../stream/stream.js';
import { beginning } from '../../stream/subject-limit.js';
import { GenerationBuild } from '../generation-build.js';
import { JobFailed } from '../../job-ended.js';
import { ensureSameHistory } from '../../store/proof/same-history.js';
import { enter, type LiveGeneration, type Work } from '../work.js';

/** Filling ends if the live generation has moved by no more than this meanwhile. */
const NEAR_EVENTS = 1_000;
const POLL_MS = 100;
/** What the own stream loses in so short a time it got long before, so the end of an archive that only lags a little was behind it. */
const SHORT_MS = 1_000;

/** Opens the stream for a new generation. If the order names an archive, reads the archive first. */
export async function openBuild(work: Work): Promise<undefined> {
  const { parts, source, order, progress } = work;
  await enter(work, 'filling');
  if (order.stream !== null) while (!(await readArchive(work, order.stream))) await progress.pauseOrEnd();
  work.build = await GenerationBuild.open(parts, source, order);
}

/** Reads until the new generation is near the live one; if the live one is halted, reads to the end of the stream. */
export async function fill(work: Work): Promise<undefined> {
  const { progress, source, live } = work;
  const build = work.build!;
  const isHeldUp = () => progress.isHeldUp;
  for (;;) {
    const target = targetOf(work);
    const show = (position: number) => progress.reached(source.stream, position, target);
    const isFed = await build.feedTo(Math.max(target, build.completeFrom), isHeldUp, show);
    const isThere = isFed && (await build.applyDeferred(isHeldUp, (events) => progress.hasDeferred(events)));
    await progress.pauseOrEnd();
    // If the live generation is behind, it must first reach the sequence from which the new one is complete.
    ensureItCanMeet(live, build);
    const canMeet = live.isHalted || live.position.sequence >= build.completeFrom;
    if (isThere && targetOf(work) - target <= NEAR_EVENTS && canMeet) return;
    if (isThere) await sleep(POLL_MS);
  }
}

/** @throws {JobFailed} */
function ensureItCanMeet(live: LiveGeneration, { completeFrom }: GenerationBuild): void {
  const { sequence } = live.position;
  if (live.isHalted || !live.isStill || sequence >= completeFrom) return;
  throw new JobFailed(
    `the live generation stays at ${sequence}, and the new one is complete only from ${completeFrom}, because it is made of the last message of every subject: they cannot be compared; read all messages`,
  );
}

/** Reaches the live generation again, which has moved on meanwhile: in a rebuild, while the indexes were made. */
export async function catchUp(work: Work): Promise<undefined> {
  await enter(work, 'catching up');
  return fill(work);
}

function targetOf({ live, source }: Work): number {
  return live.isHalted ? source.head : live.position.sequence;
}

/**
 * Reads an archive, a mirror or any other stream of the same events to its end, then sets the generation's position to the start of the
 * projector's own stream. Events that both streams hold are applied twice; because of the events' versions this changes nothing. If the own
 * stream has lost messages meanwhile, reads on: the archive may have got them after its end was read. A job that begins again
 * continues from the stored position, which names the stream.
 * @returns whether the archive was read to its end; false if the job was paused or must end
 */
async function readArchive({ parts, source, order, progress }: Work, archive: string): Promise<boolean> {
  const { projection, client, connection, generation } = parts;
  const stored = await positionOf(client, generation);
  if (stored.stream === source.stream) return true;
  const manager = await jetstreamManager(connection);
  const info = await findStream(manager, archive);
  if (!info) throw new JobFailed(`the stream ${archive} does not exist`);
  const build = await GenerationBuild.open(parts, { stream: archive, streamCreated: info.created }, order);
  const isHeldUp = () => progress.isHeldUp;
  try {
    for (;;) {
      const own = (await streamNow(manager, source.stream)).state;
      const readFrom = performance.now();
      const head = (await streamNow(manager, archive)).state.last_seq;
      const show = (position: number) => progress.reached(archive, position, head);
      const isRead = (await build.feedTo(head, isHeldUp, show)) && (await build.applyDeferred(isHeldUp));
      if (!isRead || progress.isHeldUp) return false;
      const now = (await streamNow(manager, source.stream)).state;
      const isInStep = now.first_seq === own.first_seq || performance.now() - readFrom < SHORT_MS;
      if (!isInStep || now.first_seq > own.last_seq + 1) continue;
      if (order.repair) await ensureSameHistory(client, projection, generation, archive);
      const { stream, streamCreated } = source;
      await build.leaveFor({ stream, streamCreated }, beginning(own.last_seq));
      return true;
    }
  } finally {
    await build.close();
  }
}
