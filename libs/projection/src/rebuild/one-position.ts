import { setTimeout as sleep } from 'node:timers/promises';
import type { Leadership } from '../run/leadership.js';
import { countDeferred } from '../store/deferred-work.js';
import type { GenerationBuild } from './generation-build.js';
import type { JobProgress } from './job-progress.js';

/** What could be read in this time is little enough to be read while the live generation stands still. */
const LITTLE_MS = 100;
/** Where the live generation is always fed faster than that, the time below decides. */
const MOST_APPROACHES = 10;
/** The live generation stands still for no longer than this before the work begins: a small part of what its lease lasts. */
const MEET_WITHIN_MS = 500;
/** Where that is too little again and again (a machine at its limits), it becomes twice as long, up to this. */
const MEET_WITHIN_AT_MOST_MS = 2_000;
/** The live generation is fed on for so long before the next try. */
const POLL_MS = 50;

export interface Meeting {
  readonly build: GenerationBuild;
  readonly leading: Leadership;
  readonly progress: JobProgress;
  /** Whether both read the same stream; otherwise they have no position in common, and the new one is only completed. */
  readonly isComparable: boolean;
  /** Brings into the new generation what does not come from the stream. */
  readonly applyLetters: () => Promise<void>;
}

/**
 * Does work between two batches while both generations hold everything up to one position. Until little is left the new one is fed
 * while the live one goes on; where the rest takes too long all the same, the live one goes on, and it is tried again. While
 * deferred work is left in either of them, its rows are not those of its position: that is waited for.
 * @throws what ends the job meanwhile, and when leading ends
 */
export async function atOnePosition<T>(meeting: Meeting, work: (leading: Leadership) => Promise<T>): Promise<T> {
  for (let withinMs = MEET_WITHIN_MS; ; withinMs = Math.min(2 * withinMs, MEET_WITHIN_AT_MOST_MS)) {
    await comeNear(meeting);
    const met = await meeting.leading.betweenBatches(async (now) =>
      (await reach(meeting, now, withinMs)) ? { result: await work(now) } : undefined,
    );
    if (met) return met.result;
    await sleep(POLL_MS);
  }
}

async function comeNear({ build, leading, progress, isComparable }: Meeting): Promise<void> {
  const isHeldUp = () => progress.isHeldUp;
  for (let approach = 0; approach < MOST_APPROACHES; approach += 1) {
    const startedAt = performance.now();
    const isThere = !isComparable || (await build.feedTo(leading.position.sequence, isHeldUp));
    const isComplete = await build.doDeferred(isHeldUp);
    await progress.pauseOrEnd();
    if (isThere && isComplete && performance.now() - startedAt < LITTLE_MS) return;
  }
}

/** @returns whether both are at one position, with everything in them */
async function reach(
  { build, isComparable, applyLetters }: Meeting,
  now: Leadership,
  withinMs: number,
): Promise<boolean> {
  if (await isIncomplete(now)) return false;
  const { position } = now;
  const until = performance.now() + withinMs;
  const isTooLate = () => performance.now() > until;
  if (isComparable && !(await build.feedTo(position.sequence, isTooLate))) return false;
  await applyLetters();
  if (await build.hasDeferred()) return false;
  if (isComparable) await build.takePosition(position);
  return true;
}

/** A live generation that is not written to any more stays as it is. */
async function isIncomplete({ client, position, isHalted, isOtherSchema }: Leadership): Promise<boolean> {
  return !isHalted && !isOtherSchema && (await countDeferred(client, position.generation)) > 0;
}
