import { errors, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.js';

/** The client never retries a refused subscription, but an operator may grant the missing right later. */
const REFUSED_RETRY_MS = 2_000;

interface Wanted {
  readonly subject: string;
  /** Empty: no queue. */
  readonly queue: string;
  readonly onMessage: (message: Msg) => void;
}

/** Subscriptions that are tried again while the server refuses them: at the start, or because a right was revoked. */
export class LastingSubscriptions {
  private readonly standing = new Map<Subscription, Wanted>();
  /** Subjects, with their queue, that the server refuses. */
  private readonly refused = new Set<string>();
  private isClosing = false;

  constructor(
    private readonly connection: NatsConnection,
    private readonly log: Logger,
  ) {
    void this.noticeRevokedRights();
  }

  /** Why no messages arrive although NATS is there; undefined if they can. */
  get problem(): string | undefined {
    if (this.refused.size === 0) return undefined;
    return `the server refuses the subscription to ${[...this.refused].join(', ')}: correct the rights of the login, or NATS_SUBJECT_PREFIX`;
  }

  listenTo(wanted: Wanted): void {
    if (this.isClosing || this.connection.isClosed()) return;
    const { subject, queue, onMessage } = wanted;
    const subscription = this.connection.subscribe(subject, {
      ...(queue === '' ? {} : { queue }),
      callback: (error, message) => (error ? this.again(subscription, error) : onMessage(message)),
    });
    this.standing.set(subscription, wanted);
    if (this.refused.has(rightTo(wanted))) void this.confirm(subscription, rightTo(wanted));
  }

  /** Accepts no new message. @param isUp false: the server is away and would not confirm the end */
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

  /** The server refuses a subscription before it answers a later ping. */
  private async confirm(subscription: Subscription, right: string): Promise<void> {
    while (!subscription.isClosed() && !this.connection.isClosed()) {
      try {
        await this.connection.flush();
        if (!subscription.isClosed()) this.refused.delete(right);
        return;
      } catch {
        // The connection was lost: try again with the next one.
        await sleep(REFUSED_RETRY_MS, undefined, { ref: false });
      }
    }
  }

  /**
   * Older servers (2.9 among them) leave the queue out of the error when they revoke a right during a connection. The client then finds no
   * subscription without a queue, and informs none of ours. So this method looks for such errors itself.
   */
  private async noticeRevokedRights(): Promise<void> {
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
