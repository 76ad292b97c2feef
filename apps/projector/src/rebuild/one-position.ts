import type { Leading } from '../lead/leading.js';
import type { GenerationBuild } from './generation-build.js';
import type { JobProgress } from './job-progress.js';

/** What could be read in this time is little enough to be read while the live generation stands still. */
const LITTLE_MS = 100;
/** Where the live generation is always fed faster than that, the time below decides. */
const MOST_APPROACHES = 50;
/** The live generation stands still for no longer than this before the work begins: a small part of what its lease lasts. */
const MEET_WITHIN_MS = 500;
/** Where that is too little again and again (a machine at its limits), it becomes twice as long, up to this. */
const MEET_WITHIN_AT_MOST_MS = 2_000;

/**
 * Does work between two batches while both generations hold everything up to one position. Until little is left the new one is fed
 * while the live one goes on; where the rest takes too long all the same, the live one goes on, and it is tried again.
 * @throws what ends the job meanwhile, and when leading ends
 */
export async function atOnePosition<T>(
  build: GenerationBuild,
  leading: Leading,
  progress: JobProgress,
  work: (leading: Leading) => Promise<T>,
): Promise<T> {
  for (let withinMs = MEET_WITHIN_MS; ; withinMs = Math.min(2 * withinMs, MEET_WITHIN_AT_MOST_MS)) {
    await comeNear(build, leading, progress);
    const met = await leading.betweenBatches(async (now) =>
      (await reach(build, now, withinMs)) ? { result: await work(now) } : undefined,
    );
    if (met) return met.result;
  }
}

async function comeNear(build: GenerationBuild, leading: Leading, progress: JobProgress): Promise<void> {
  for (let approach = 0; approach < MOST_APPROACHES; approach += 1) {
    const startedAt = performance.now();
    const isThere = await build.feedTo(
      leading.position.sequence,
      () => progress.isHeldUp,
      () => undefined,
    );
    await progress.pauseOrEnd();
    if (isThere && performance.now() - startedAt < LITTLE_MS) return;
  }
}

async function reach(build: GenerationBuild, { position }: Leading, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  const isThere = await build.feedTo(
    position.sequence,
    () => performance.now() > until,
    () => undefined,
  );
  if (isThere) await build.takePosition(position);
  return isThere;
}
