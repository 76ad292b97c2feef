import type { JobStatus } from '../../job.js';
import type { Leadership } from '../../run/leadership.js';
import { switchGeneration } from '../../store/switch-generation.js';
import { continueLineage, takeOverChanges } from '../continue-lineage.js';
import { JobFailed } from '../../job-ended.js';
import type { LeadersWork } from '../leaders-work.js';
import { unlessStopped } from '../unless-stopped.js';
import { enter } from '../work.js';
import { LossGate } from './loss-gate.js';
import { OlderRows } from './older-rows.js';

/** Makes the new generation live in place of the old one, in one transaction between two batches. */
export async function switchOver(work: LeadersWork): Promise<string> {
  const { differences, order, progress } = work;
  const build = work.build!;
  if (differences && differences.length > 0 && !order.acceptDifferences)
    throw new JobFailed(`${differences.length} differences between the live generation and the new one: not switched`);
  const older = order.kind === 'rollback' ? await withoutOlderRows(work) : new OlderRows(work, work.provenAt);
  await enter(work, 'switching');
  const since = await takeOverChanges(work);
  const message = `generation ${build.position.generation} is live`;
  const isProven = differences?.length === 0;
  const gate = isProven || order.acceptLoss ? undefined : new LossGate(work);
  for (;;) {
    await gate?.untilConfirmed(() => feedOn(work));
    await older.ensureNone();
    const isSwitched = await work.withLivePaused(async (leading) => {
      if ((await gate?.unconfirmed()) || !(await older.areNone(leading))) return false;
      const end = progress.asEnded('done', message);
      return switchUnlessRequested(work, leading, end, since);
    });
    if (isSwitched) return message;
  }
}

/** @returns false if an operator has cancelled or paused the job until now: the next attempt begins by following that */
async function switchUnlessRequested(
  work: LeadersWork,
  leading: Leadership,
  end: JobStatus,
  since: number | undefined,
): Promise<boolean> {
  const { client, lease } = leading;
  const { position } = work.build!;
  const isSwitched = await unlessStopped(work.progress, () =>
    switchGeneration(client, lease, position, end, () => continueLineage(work, client, since)),
  );
  if (isSwitched) leading.position = position;
  return isSwitched;
}

/** Looks before an operator is asked to confirm a loss. @throws {JobFailed} */
async function withoutOlderRows(work: LeadersWork): Promise<OlderRows> {
  const older = new OlderRows(work);
  await enter(work, 'proving');
  await older.ensureNone();
  return older;
}

/** While the job waits for an operator, the new generation is still fed: it may gain enough rows. */
async function feedOn(work: LeadersWork): Promise<void> {
  await work.ensureSameStream();
  const { sequence } = await work.goal();
  await work.build!.feedTo(sequence, () => work.progress.isHeldUp);
}
