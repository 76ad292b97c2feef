import type { NatsLink } from '#service-runtime/nats-connection.js';
import type { JobStatus } from '#read-model/job.js';
import type { JobProgress } from '../rebuild/job-progress.js';

const EVERY_MS = 500;

/** Publishes how far a job is, for whoever follows it. */
export class JobNews {
  constructor(
    private readonly link: NatsLink,
    private readonly subjectPrefix: string,
  ) {}

  /** Now and then, until that is ended. @returns what ends it */
  tellOf(progress: JobProgress): () => void {
    const timer = setInterval(() => this.tell(progress.status()), EVERY_MS);
    return () => clearInterval(timer);
  }

  tell(status: JobStatus): void {
    if (!this.link.isUp) return;
    const subject = `${this.subjectPrefix}.${status.kind === 'verify' ? 'verify' : 'rebuild'}.progress`;
    void this.link.connected().then((connection) => connection.publish(subject, JSON.stringify(status)));
  }
}
