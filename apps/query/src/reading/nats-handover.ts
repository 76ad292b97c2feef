import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NatsLink } from '#service-runtime/nats-connection.js';
import type { HeldMemory } from './answer-memory.js';

/**
 * Releases the memory of NATS answers once they have left the process. It sends a ping after them; when the server answers the ping, the
 * answers are sent.
 */
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

  /** Answers that arrive during a ping may be written after it, so they need another ping. */
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
