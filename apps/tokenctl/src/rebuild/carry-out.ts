import type { Leader } from '../connect/leader.js';
import { followToEnd } from '../jobs/follow-to-end.js';
import type { JobStatus } from '#read-model/job.js';
import { hasEnded, hasSucceeded, type JobAnswer } from '../jobs/job-status.js';
import { confirmation, LossPrompt, lossQuestion } from '../jobs/confirm-loss.js';
import { jobAge, jobEnd, jobLine } from '../jobs/job-text.js';
import { ProgressJson, progressView } from '../jobs/progress-view.js';
import { confirm } from '../terminal/confirm.js';
import { print, printJson } from '../terminal/run-command.js';

export interface JobOptions {
  readonly follow?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export interface JobRequest {
  /** Without the prefix. */
  readonly subject: string;
  readonly body?: object;
  /** Whether the job has ended as asked for. */
  readonly isAsAsked: (end: JobStatus) => boolean;
  /** Whether it ends the job: then nothing is asked on the way. */
  readonly isEnding?: boolean;
  /** The list of so many tokens that it agrees to. */
  readonly confirmedTokens?: number;
}

/** Sends an operator's request about a job, and follows the job where that is wanted. */
export async function carryOut(leader: Leader, request: JobRequest, options: JobOptions): Promise<boolean> {
  const begin = () => leader.ask<JobStatus>(request.subject, request.body);
  if (options.follow) {
    const prompt = request.isEnding ? undefined : new LossPrompt(leader, request.confirmedTokens);
    return request.isAsAsked(await followed(leader, begin, options, prompt));
  }
  const job = await begin();
  if (options.json) printJson(job);
  else print(hasEnded(job) ? jobEnd(job) : `Accepted. ${jobLine(job)}`);
  return true;
}

/** Lets the job that waits for it take tokens from the list, as many as it says now. */
export async function confirmJob(
  leader: Leader,
  { yes, ...options }: JobOptions & { yes?: boolean },
): Promise<boolean> {
  const { job } = await leader.ask<JobAnswer>('rebuild.status');
  if (!job?.loss) throw new Error('no job waits for a confirmation');
  if (!yes && !(await confirm(lossQuestion(job.loss)))) return false;
  const request = { ...confirmation(job), isAsAsked: hasSucceeded, confirmedTokens: job.loss.to };
  return carryOut(leader, request, options);
}

/** The job in hand, else how the last one ended. */
export async function showJob(leader: Leader, options: JobOptions): Promise<boolean> {
  const { job } = await leader.ask<JobAnswer>('rebuild.status');
  if (job && options.follow && !hasEnded(job))
    return hasSucceeded(await followed(leader, () => Promise.resolve(job), options, new LossPrompt(leader)));
  if (options.json) printJson(job);
  else print(job ? [jobEnd(job), ...jobAge(job)].join('\n') : 'No job is running, and none has run yet.');
  return !options.follow || (job !== null && hasSucceeded(job));
}

async function followed(
  leader: Leader,
  begin: () => Promise<JobStatus>,
  { json }: JobOptions,
  prompt?: LossPrompt,
): Promise<JobStatus> {
  const view = () => (json ? new ProgressJson(process.stdout) : progressView(process.stdout));
  const end = await followToEnd(leader, begin, view, prompt);
  if (!json) print(jobEnd(end));
  return end;
}
