/** A monitor needs only the beginning of an error. */
const MAX_ERROR = 200;

/** One endpoint as the NATS micro protocol (ADR-32) reports it. Times are nanoseconds. */
export class EndpointStats {
  private requests = 0;
  private errors = 0;
  private lastError = '';
  private processingTime = 0;

  constructor(
    readonly name: string,
    readonly subject: string,
    readonly queueGroup: string,
  ) {}

  count(startedAt: bigint, error?: string): void {
    this.requests += 1;
    this.processingTime += Number(process.hrtime.bigint() - startedAt);
    if (error === undefined) return;
    this.errors += 1;
    this.lastError = error.slice(0, MAX_ERROR).toWellFormed();
  }

  info(): object {
    return { name: this.name, subject: this.subject, queue_group: this.queueGroup, metadata: {} };
  }

  stats(): object {
    return {
      name: this.name,
      subject: this.subject,
      queue_group: this.queueGroup,
      num_requests: this.requests,
      num_errors: this.errors,
      last_error: this.lastError,
      processing_time: this.processingTime,
      average_processing_time: this.requests === 0 ? 0 : Math.round(this.processingTime / this.requests),
    };
  }
}
