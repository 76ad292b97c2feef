import { errors, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.js';

/** Rights that are missing may be given meanwhile, and the client gives a refused subscription up for good. */
const REFUSED_RETRY_MS = 2_000;

interface Wanted {
  readonly subject: string;
  /** Empty: none. */
  readonly queue: string;
  readonly take: (message: Msg) => void;
}

/** Subscriptions that are made again and again while the server refuses them, be it from the start or because a right was taken back. */
export class LastingSubscriptions {
  private readonly standing = new Map<Subscription, Wanted>();
  /** Subjects that the server does not let us listen to, with their queue. */
  private readonly refused = new Set<string>();
  private isClosing = false;

  constructor(
    private readonly connection: NatsConnection,
    private readonly log: Logger,
  ) {
    void this.hearWhatIsTakenBack();
  }

  /** Why messages do not come in although NATS is there; undefined where they can. */
  get problem(): string | undefined {
    if (this.refused.size === 0) return undefined;
    return `the server refuses the subscription to ${[...this.refused].join(', ')}: correct the rights of the login, or NATS_SUBJECT_PREFIX`;
  }

  listenTo(wanted: Wanted): void {
    if (this.isClosing || this.connection.isClosed()) return;
    const { subject, queue, take } = wanted;
    const subscription = this.connection.subscribe(subject, {
      ...(queue === '' ? {} : { queue }),
      callback: (error, message) => (error ? this.again(subscription, error) : take(message)),
    });
    this.standing.set(subscription, wanted);
    if (this.refused.has(rightTo(wanted))) void this.confirm(subscription, rightTo(wanted));
  }

  /** Takes no new message. @param isUp false: the server is away, and will not say that it has heard of it */
  async close(isUp: boolean): Promise<void> {
    this.isClosing = true;
    if (isUp) await Promise.allSettled([...this.standing.keys()].map((subscription) => subscription.drain()));
  }

  private again(subscription: Subscription, error: Error): void {
    const wanted = this.standing.get(subscription);
    if (!wanted || this.isClosing) return;
    this.standing.delete(subscription);
    const right = rightTo(wanted);
    if (!this.refused.has(right))
      this.log.error({ err: error, subject: wanted.subject }, 'NATS refused a subscription');
    this.refused.add(right);
    setTimeout(() => this.listenTo(wanted), REFUSED_RETRY_MS).unref();
  }

  /** What the server has to say against a subscription comes before its answer to a ping. */
  private async confirm(subscription: Subscription, right: string): Promise<void> {
    while (!subscription.isClosed() && !this.connection.isClosed()) {
      try {
        await this.connection.flush();
        if (!subscription.isClosed()) this.refused.delete(right);
        return;
      } catch {
        // The connection was lost: the server is asked again with the next one.
        await sleep(REFUSED_RETRY_MS, undefined, { ref: false });
      }
    }
  }

  /**
   * Older servers (2.9 among them) leave the queue out where they take a right back under a connection that stands. The client finds no
   * subscription without a queue then, tells none, and goes on as if it still had it.
   */
  private async hearWhatIsTakenBack(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) continue;
      const { operation, subject, queue } = status.error;
      if (operation !== 'subscription' || queue !== undefined) continue;
      for (const [subscription, wanted] of this.standing) {
        if (wanted.subject !== subject || wanted.queue === '') continue;
        subscription.unsubscribe();
        this.again(subscription, status.error);
      }
    }
  }
}

function rightTo({ subject, queue }: Wanted): string {
  return queue === '' ? subject : `${subject} ${queue}`;
}
