import type { JobStatus, RowLoss } from '#projection/job.js';
import type { Leader } from '../connect/leader.js';
import { confirm } from '../terminal/confirm.js';
import { count } from '../terminal/spelling.js';

export function lossQuestion({ from, to }: RowLoss): string {
  return `The list would go from ${count(from)} to ${count(to)} tokens. Switch?`;
}

/** Confirms the loss that was shown. If the loss grows, the projector asks again. */
export function confirmation({ generation, loss }: JobStatus): { subject: string; body: object } {
  return { subject: 'rebuild.confirm', body: { generation, tokens: loss?.to } };
}

/** Asks on the terminal, once, whether the job may remove this many tokens from the list. */
export class LossPrompt {
  /** @param confirmedTo the operator has already agreed to a list of this many tokens */
  constructor(
    private readonly leader: Leader,
    private confirmedTo = Infinity,
  ) {}

  /** @returns whether to follow the job further; false if there is no terminal or the answer is no. The job then continues to wait. */
  async decide(job: JobStatus): Promise<boolean> {
    const { loss } = job;
    if (job.state !== 'waiting' || !loss || loss.to >= this.confirmedTo) return true;
    if (!process.stdin.isTTY || !(await confirm(`\n${lossQuestion(loss)}`))) return false;
    const { subject, body } = confirmation(job);
    await this.leader.request(subject, body);
    this.confirmedTo = loss.to;
    return true;
  }
}
