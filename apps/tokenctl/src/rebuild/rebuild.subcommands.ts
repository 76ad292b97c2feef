import { Command } from 'commander';
import type { JobStatus } from '#projection/job.js';
import { runWithLeader } from '../connect/run-with-leader.js';
import { hasSucceeded } from '../jobs/job-status.js';
import { confirm } from '../terminal/confirm.js';
import { print, printJson } from '../terminal/run-command.js';
import { FOLLOW, JSON_LINES, YES_LOSS, type YesOption } from './options.js';
import { confirmJob, requestJob, showJob, type JobOptions, type JobRequest } from './request-job.js';

/** A large table takes some time to drop. */
const DROP_WITHIN_MS = 60_000;

export const isCancelled = ({ state }: JobStatus) => state === 'cancelled';

export function statusCommand(): Command {
  return new Command('status')
    .description('how far the job is, or how the last one ended')
    .option('--follow', `${FOLLOW}; exit code 0 only when it is done`)
    .option('--json', JSON_LINES)
    .action((options: JobOptions) => runWithLeader('rebuild status', (leader) => showJob(leader, options)));
}

export function confirmCommand(): Command {
  return new Command('confirm')
    .description('let a job switch that waits because the list would lose many tokens')
    .option('--yes', 'do not ask')
    .option('--follow', FOLLOW)
    .option('--json', JSON_LINES)
    .action((options: JobOptions & YesOption) =>
      runWithLeader('rebuild confirm', (leader) => confirmJob(leader, options)),
    );
}

interface RollbackOptions extends YesOption {
  readonly frozen?: boolean;
  readonly acceptDifferences?: boolean;
}

export function rollbackCommand(): Command {
  return new Command('rollback')
    .description('put the previous generation back, brought up to date')
    .option('--frozen', 'also one whose stream is gone or purged: it is served as it is, marked as stale')
    .option(
      '--accept-differences',
      'switch even where rows would be older than now, because the stream has lost events',
    )
    .option('--yes', YES_LOSS)
    .option('--follow', FOLLOW)
    .option('--json', JSON_LINES)
    .action(({ frozen: acceptStale, acceptDifferences, yes: acceptLoss, ...options }: JobOptions & RollbackOptions) => {
      const body = { acceptStale, acceptDifferences, acceptLoss };
      const request = { subject: 'rebuild.rollback', body, isExpectedEnd: hasSucceeded };
      return runWithLeader('rebuild rollback', (leader) => requestJob(leader, request, options));
    });
}

/** @param isExpectedEnd whether the job ended as it should; without it there is nothing to follow */
export function jobCommand(name: string, description: string, isExpectedEnd?: JobRequest['isExpectedEnd']): Command {
  const command = new Command(name).description(description).option('--json', JSON_LINES);
  if (isExpectedEnd) command.option('--follow', FOLLOW);
  const endsJob = isExpectedEnd === isCancelled;
  const request = { subject: `rebuild.${name}`, isExpectedEnd: isExpectedEnd ?? (() => true), endsJob };
  return command.action((options: JobOptions) =>
    runWithLeader(`rebuild ${name}`, (leader) => requestJob(leader, request, options)),
  );
}

export function dropPreviousCommand(): Command {
  return new Command('drop-previous')
    .description('drop the generation kept for a roll-back')
    .option('--yes', 'do not ask')
    .option('--json', 'print one line of JSON')
    .action(({ yes, json }: YesOption & { readonly json?: boolean }) =>
      runWithLeader('rebuild drop-previous', async (leader) => {
        if (!yes && !(await confirm('Drop the previous generation? There is no way back then.'))) return false;
        const answer = await leader.request<{ dropped: readonly number[] }>(
          'rebuild.drop-previous',
          {},
          DROP_WITHIN_MS,
        );
        if (json) printJson(answer);
        else print(`Dropped: generation ${answer.dropped.join(', ')}`);
        return true;
      }),
    );
}
