import { setTimeout as sleep } from 'node:timers/promises';
import type { Leadership } from '../run/leadership.js';
import { countDeferred } from '../store/deferred-work.js';
import type { Place } from '../stream/position.js';
import type { GenerationBuild } from './generation-build.js';
import type { JobProgress } from './job-progress.js';

/** If reading takes less than this, the rest is small enough to read while the live generation is paused. */
const LITTLE_MS = 100;
/** If the live generation always grows faster than that, only the time limit below counts. */
const MOST_APPROACHES = 10;
/** The live generation is paused for no longer than this before the work begins: a small part of the lease time. */
const MEET_WITHIN_MS = 500;
/** If that is too short again and again (an overloaded machine), it doubles each time, up to this. */
const MEET_WITHIN_AT_MOST_MS = 2_000;
/** The live generation continues for this long before the next attempt. */
const POLL_MS = 50;

export interface Meeting {
  readonly build: GenerationBuild;
  readonly leading: Leadership;
  readonly progress: JobProgress;
  /** Where the new generation has to be: at the live one's position, or at the end of the stream if they do not read the same one. */
  readonly goal: () => Promise<Place>;
  /** Applies to the new generation the replayed letters, which do not come from the stream. */
  readonly applyLetters: () => Promise<void>;
}

/**
 * Runs work between two batches, when both generations hold everything up to one position. The new generation first catches up while the
 * live one continues. Then the live one is paused for the rest; if the rest takes too long, the live one continues, and the next attempt
 * follows. While either generation has deferred work left, its rows are not those of its position: so the work waits for that, too.
 * @throws the error that ends the job meanwhile, or that ends the leadership
 */
export async function atOnePosition<T>(meeting: Meeting, work: (leading: Leadership) => Promise<T>): Promise<T> {
  for (let withinMs = MEET_WITHIN_MS; ; withinMs = Math.min(2 * withinMs, MEET_WITHIN_AT_MOST_MS)) {
    await comeNear(meeting);
    const met = await meeting.leading.betweenBatches(async (leadership) =>
      (await reach(meeting, leadership, withinMs)) ? { result: await work(leadership) } : undefined,
    );
    if (met) return met.result;
    await sleep(POLL_MS);
  }
}

async function comeNear({ build, progress, goal }: Meeting): Promise<void> {
  const isHeldUp = () => progress.isHeldUp;
  for (let approach = 0; approach < MOST_APPROACHES; approach += 1) {
    const startedAt = performance.now();
    const isThere = await build.feedTo((await goal()).sequence, isHeldUp);
    const isComplete = await build.applyDeferred(isHeldUp);
    await progress.pauseOrEnd();
    if (isThere && isComplete && performance.now() - startedAt < LITTLE_MS) return;
  }
}

/** @returns whether the new generation is where it has to be, and both have no deferred work left */
async function reach(
  { build, goal, applyLetters }: Meeting,
  leadership: Leadership,
  withinMs: number,
): Promise<boolean> {
  if (await isIncomplete(leadership)) return false;
  const place = await goal();
  const until = performance.now() + withinMs;
  const isTooLate = () => performance.now() > until;
  if (!(await build.feedTo(place.sequence, isTooLate))) return false;
  await applyLetters();
  if (await build.hasDeferred()) return false;
  await build.takePosition(place);
  return true;
}

/** If the live generation is halted or of another schema, its deferred work stays undone and does not count. */
async function isIncomplete({ client, position, isHalted, isOtherSchema }: Leadership): Promise<boolean> {
  return !isHalted && !isOtherSchema && (await countDeferred(client, position.generation)) > 0;
}
