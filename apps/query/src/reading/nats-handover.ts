import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NatsLink } from '#service-runtime/nats-connection.js';
import type { HeldBytes } from './answer-bytes.js';

/** Tells when answers over NATS have left the process: the server answers a ping that was sent behind them. One ping for all that wait. */
@Injectable()
export class NatsHandover {
  private waiting: HeldBytes[] = [];
  private isAsking = false;

  constructor(private readonly link: NatsLink) {}

  /** @param held of an answer that goes out as soon as its handler has returned */
  releaseWhenSent(held: HeldBytes): void {
    this.waiting.push(held);
    if (this.isAsking) return;
    this.isAsking = true;
    void this.ask();
  }

  /** What came while it asked may be written behind the ping, so it asks again. */
  private async ask(): Promise<void> {
    while (this.waiting.length > 0) {
      await nextTurn();
      const sent = this.waiting;
      this.waiting = [];
      // A connection that is lost takes with it what was to go out.
      await this.link.flush().catch(() => undefined);
      for (const held of sent) held.release();
    }
    this.isAsking = false;
  }
}
