import type { JobStatus, TokenLoss } from '#read-model/job.js';
import type { Leader } from '../connect/leader.js';
import { confirm } from '../terminal/confirm.js';
import { count } from '../terminal/spelling.js';

export function lossQuestion({ from, to }: TokenLoss): string {
  return `The list would go from ${count(from)} to ${count(to)} tokens. Switch?`;
}

/** Agrees to the loss as it was shown: the projector asks again where more would go. */
export function confirmation({ generation, loss }: JobStatus): { subject: string; body: object } {
  return { subject: 'rebuild.confirm', body: { generation, tokens: loss?.to } };
}

/** What a job waits for is asked on the terminal, once. */
export class LossPrompt {
  /** @param confirmedTo a list of so many tokens is agreed to already */
  constructor(
    private readonly leader: Leader,
    private confirmedTo = Infinity,
  ) {}

  /** @returns whether the job is to be followed on; not where nobody can be asked, or the answer is no: it waits then */
  async decide(job: JobStatus): Promise<boolean> {
    const { loss } = job;
    if (job.state !== 'waiting' || !loss || loss.to >= this.confirmedTo) return true;
    if (!process.stdin.isTTY || !(await confirm(`\n${lossQuestion(loss)}`))) return false;
    const { subject, body } = confirmation(job);
    await this.leader.ask(subject, body);
    this.confirmedTo = loss.to;
    return true;
  }
}
