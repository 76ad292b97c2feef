import type { Leader } from '../connect/leader.js';
import { followToEnd } from '../jobs/follow-to-end.js';
import type { JobStatus } from '#projection/job.js';
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
  /** The subject without the prefix. */
  readonly subject: string;
  readonly body?: object;
  /** Whether the job ended as the operator wanted. */
  readonly isExpectedEnd: (end: JobStatus) => boolean;
  /** Whether this request ends the job. Then the command does not ask the operator for a confirmation meanwhile. */
  readonly endsJob?: boolean;
  /** The operator has already agreed to a list of this many tokens. */
  readonly confirmedTokens?: number;
}

/** Sends an operator's request about a job, and follows the job if `options.follow` says so. */
export async function requestJob(leader: Leader, request: JobRequest, options: JobOptions): Promise<boolean> {
  const begin = () => leader.request<JobStatus>(request.subject, request.body);
  if (options.follow) {
    const prompt = request.endsJob ? undefined : new LossPrompt(leader, request.confirmedTokens);
    return request.isExpectedEnd(await followAndPrint(leader, begin, options, prompt));
  }
  const job = await begin();
  if (options.json) printJson(job);
  else print(hasEnded(job) ? jobEnd(job) : `Accepted. ${jobLine(job)}`);
  return true;
}

/** Lets the job that waits for a confirmation remove as many tokens from the list as its current status says. */
export async function confirmJob(
  leader: Leader,
  { yes, ...options }: JobOptions & { yes?: boolean },
): Promise<boolean> {
  const { job } = await leader.request<JobAnswer>('rebuild.status');
  if (!job?.loss) throw new Error('no job waits for a confirmation');
  if (!yes && !(await confirm(lossQuestion(job.loss)))) return false;
  const request = { ...confirmation(job), isExpectedEnd: hasSucceeded, confirmedTokens: job.loss.to };
  return requestJob(leader, request, options);
}

/** Shows the current job, else how the last one ended. */
export async function showJob(leader: Leader, options: JobOptions): Promise<boolean> {
  const { job } = await leader.request<JobAnswer>('rebuild.status');
  if (job && options.follow && !hasEnded(job))
    return hasSucceeded(await followAndPrint(leader, () => Promise.resolve(job), options, new LossPrompt(leader)));
  if (options.json) printJson(job);
  else print(job ? [jobEnd(job), ...jobAge(job)].join('\n') : 'No job is running, and none has run yet.');
  return !options.follow || (job !== null && hasSucceeded(job));
}

async function followAndPrint(
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
