import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NatsLink } from '#service-runtime/nats-connection.js';
import type { HeldMemory } from './answer-memory.js';

/** Releases the memory of answers over NATS once they have left the process: a ping that is sent after them has its answer then. */
@Injectable()
export class NatsHandover {
  private waiting: HeldMemory[] = [];
  private isPinging = false;

  constructor(private readonly link: NatsLink) {}

  /** @param held of an answer that is sent as soon as its handler has returned */
  releaseWhenSent(held: HeldMemory): void {
    this.waiting.push(held);
    if (this.isPinging) return;
    this.isPinging = true;
    void this.ping();
  }

  /** Answers that came during a ping may be written after it, so they need another one. */
  private async ping(): Promise<void> {
    while (this.waiting.length > 0) {
      await nextTurn();
      const sent = this.waiting;
      this.waiting = [];
      // When the connection is lost, the answers are lost with it.
      await this.link.flush().catch(() => undefined);
      for (const held of sent) held.release();
    }
    this.isPinging = false;
  }
}
