import type { Logger } from './logger.js';
import { OVERLOADED, type ServiceError } from './service-error.js';
import { Summary } from './summary.js';

/** By which a request can be found. */
export type RequestTraces = Readonly<Record<string, string>> & { readonly requestId: string };

interface Refusal {
  readonly traces: RequestTraces;
  readonly problem: ServiceError;
}

/** Each fault of ours has a cause of its own, which an operator may look for by its requestId. */
const SINGLE_FAULTS = 50;

/**
 * Logs the answers that are errors, but callers cannot fill the log with them: refusals once in ten seconds for each status, as the last
 * of them and their number; faults of ours one by one, up to fifty in ten seconds. On the level debug every single one.
 */
export class RefusalLog {
  private readonly summaries = new Map<number, Summary<Refusal>>();

  constructor(private readonly log: Logger) {}

  add(problem: ServiceError, traces: RequestTraces): void {
    if (problem === OVERLOADED) return;
    const { statusCode } = problem;
    this.log.debug({ ...traces, statusCode }, problem.logged);
    let summary = this.summaries.get(statusCode);
    if (!summary) {
      const write = (refusal: Refusal, count: number) => this.write(refusal, count);
      this.summaries.set(statusCode, (summary = new Summary(write, statusCode >= 500 ? SINGLE_FAULTS : 1)));
    }
    summary.add({ traces, problem });
  }

  private write({ traces, problem }: Refusal, count: number): void {
    const { statusCode, logged, cause } = problem;
    const line = { ...traces, statusCode, ...(count > 1 ? { requests: count } : {}) };
    const text = count > 1 ? `${count} more requests were answered like this one: ${logged}` : logged;
    if (statusCode >= 500) this.log.error({ ...line, err: cause ?? problem }, text);
    else this.log.info(line, text);
  }
}
