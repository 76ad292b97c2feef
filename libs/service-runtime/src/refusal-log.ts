import type { Logger } from './logger.js';
import { OVERLOADED, type ServiceError } from './service-error.js';
import { Summary } from './summary.js';

/** Values by which the log is searched for a request. */
export interface RequestTraces {
  readonly requestId: string;
  /** Of the trace that the caller belongs to. */
  readonly traceId?: string;
  readonly path?: string;
  readonly subject?: string;
}

interface Refusal {
  readonly traces: RequestTraces;
  readonly problem: ServiceError;
}

/** Each of our own faults has its own cause, which an operator may look for by its requestId. */
const SINGLE_FAULTS = 50;

/**
 * Logs the answers that are errors, but callers cannot fill the log with them. For refusals it logs the last one and their number, once in
 * ten seconds for each status. It logs our own faults one by one, up to fifty in ten seconds. At the level debug it logs every one.
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
