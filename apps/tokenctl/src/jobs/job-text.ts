import { bad, bold, good, warning } from '../terminal/style.js';
import { harmless } from '#service-runtime/log-texts.js';
import { count, counted, duration } from '../terminal/spelling.js';
import { table } from '../terminal/table.js';
import type { Difference, JobStatus } from '#projection/job.js';

const KIND = { missing: 'missing', extra: 'one too many', different: 'different' } as const;

export function jobName({ kind, generation }: JobStatus): string {
  switch (kind) {
    case 'rebuild':
      return `rebuild (generation ${generation})`;
    case 'rollback':
      return `roll-back (to generation ${generation})`;
    case 'verify':
      return `verification (by generation ${generation})`;
  }
}

function jobState({ state }: JobStatus): string {
  switch (state) {
    case 'running':
      return bold(state);
    case 'done':
      return good(state);
    case 'paused':
    case 'waiting':
    case 'cancelled':
      return warning(state);
    case 'failed':
      return bad(state);
  }
}

/** One line: how far the job is, or how it ended. */
export function jobLine(job: JobStatus): string {
  const parts = [jobState(job)];
  if (job.finishedAt === null) {
    parts.push(job.phase);
    if (job.target > 0) parts.push(`${count(job.position)} of ${count(job.target)} (${percent(job)} %)`);
    if (job.stream !== null && job.source !== null) parts.push(`from ${harmless(job.source)}`);
    if (isReading(job)) parts.push(`${count(job.eventsPerSecond)} events/s`);
    if (job.etaSeconds !== null) parts.push(`${duration(job.etaSeconds)} left`);
  }
  if (job.differences !== null && job.differences > 0) parts.push(counted(job.differences, 'difference'));
  if (job.message !== null) parts.push(harmless(job.message));
  return `${jobName(job)}: ${parts.join(', ')}`;
}

/** When the job ended, if it has. It may be a job of last week. */
export function jobAge({ finishedAt }: JobStatus): string[] {
  if (finishedAt === null) return [];
  return [`ended ${finishedAt}, ${duration(Math.max(0, (Date.now() - Date.parse(finishedAt)) / 1_000))} ago`];
}

/** How the job ended, and the differences it found. */
export function jobEnd(job: JobStatus): string {
  const lines = [jobLine(job)];
  if (job.examples.length > 0) lines.push('', examples(job.differences ?? 0, job.examples));
  return lines.join('\n');
}

/** A job has a rate only while it reads. */
export function isReading({ position, target, eventsPerSecond }: JobStatus): boolean {
  return position < target && eventsPerSecond > 0;
}

/** Percent of the events that are read; 100 only when all are. */
export function percent({ position, target }: JobStatus): number {
  return target === 0 ? 0 : Math.min(100, Math.floor((100 * position) / target));
}

function examples(total: number, shown: readonly Difference[]): string {
  const rows = shown.map(({ table: name, key, kind, isUntold }) => [
    harmless(name),
    harmless(key),
    `${KIND[kind] ?? harmless(kind)}${isUntold ? ', without an event' : ''}`,
  ]);
  const more = total - shown.length;
  return [
    table([{ title: 'table' }, { title: 'key' }, { title: 'row in the live generation' }], rows),
    ...(more > 0 ? [`... and ${count(more)} more`] : []),
  ].join('\n');
}
