import type { Difference } from '../../job.js';
import type { LeadersWork } from '../leaders-work.js';
import { ReplayedLetters } from '../replayed-letters.js';
import { enter } from '../work.js';

/** With more differences than this, a rebuild is needed instead of a repair. */
export const MAX_REPAIRS = 100_000;

/** Applies to the new generation the letters that operators have replayed: the stream does not contain them. */
export async function replayLetters(work: LeadersWork): Promise<undefined> {
  work.letters = await ReplayedLetters.apply(work.parts, work.source, work.live);
}

/** Compares the new generation with the live one, with both at one position. */
export async function prove(work: LeadersWork): Promise<undefined> {
  if (!work.isComparable) return;
  const { progress } = work;
  const differences: Difference[] = [];
  await enter(work, 'proving');
  await work.inSnapshot((snapshot) => {
    work.build!.proofBegins();
    work.provenAt = work.build!.position.sequence;
    progress.found.reset();
    return work.compare(snapshot, (difference) => {
      progress.found.add(difference);
      if (differences.length <= MAX_REPAIRS) differences.push(difference);
    });
  });
  work.differences = differences;
  await progress.pauseOrEnd();
}
