import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { JobStatus } from '#projection/job.js';

/** Collects progress messages from its creation on, so that none is missed of a job that starts later. */
export class ProgressInbox {
  private readonly waiting: JobStatus[] = [];
  private readonly subscriptions: Subscription[];
  private wake: () => void = () => undefined;

  constructor(connection: NatsConnection, prefix: string) {
    this.subscriptions = ['rebuild', 'verify'].map((kind) =>
      connection.subscribe(`${prefix}.${kind}.progress`, {
        callback: (error, message) => {
          const status = error ? undefined : statusIn(message);
          if (!status) return;
          this.waiting.push(status);
          this.wake();
        },
      }),
    );
  }

  /** The next message; undefined if none comes in time. */
  async next(withinMs: number): Promise<JobStatus | undefined> {
    if (this.waiting.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.waiting.shift();
  }

  close(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }
}

/**
 * undefined for anything else: every publisher with the right may send anything, and an error here would end the reading of the connection.
 */
function statusIn(message: Msg): JobStatus | undefined {
  try {
    const status = message.json<JobStatus | null>();
    return typeof status === 'object' && status !== null ? status : undefined;
  } catch {
    return undefined;
  }
}
