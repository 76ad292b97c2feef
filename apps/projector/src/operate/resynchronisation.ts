import { jetstreamManager } from '@nats-io/jetstream';
import type { Pool } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import type { SourceChanged } from '../consume/source-changed.js';
import { ensureStream } from '../consume/stream.js';
import { PLAIN_REBUILD } from '../rebuild/plain-rebuild.js';
import type { ProjectorSettings } from '../settings.js';
import type { Jobs } from './jobs.js';
import { operatorDecided } from './operator-decided.js';

/** What `ON_SOURCE_CHANGE=rebuild` does: makes the read model from the stream that has taken the place of its own. */
export class Resynchronisation {
  private isReacting = false;
  private isWaiting = false;

  constructor(
    private readonly jobs: Jobs,
    private readonly pool: Pool,
    private readonly link: NatsLink,
    private readonly settings: ProjectorSettings,
    private readonly logger: Logger,
  ) {}

  /** Told at every check of a halted leader. Where the stream is gone altogether and may be made, it is made, and the next check finds it to be another one. */
  async react({ mismatch }: SourceChanged): Promise<void> {
    if (this.isReacting || this.jobs.current) return;
    this.isReacting = true;
    try {
      if (mismatch === 'missing') await this.makeStream();
      else await this.rebuild(mismatch);
    } finally {
      this.isReacting = false;
    }
  }

  private async makeStream(): Promise<void> {
    const manager = await jetstreamManager(await this.link.connected());
    await ensureStream(manager, this.settings.stream, this.logger);
  }

  private async rebuild(mismatch: SourceChanged['mismatch']): Promise<void> {
    if (await operatorDecided(this.pool)) return this.waitForOperator(mismatch);
    this.isWaiting = false;
    const order = { ...PLAIN_REBUILD, acceptDifferences: true };
    const begun = await this.jobs.startUnlessInHand(order, { isUnattended: true });
    if (begun) this.logger.warn({ mismatch }, 'rebuilding from the stream as it is now');
  }

  private waitForOperator(mismatch: SourceChanged['mismatch']): void {
    if (!this.isWaiting)
      this.logger.warn(
        { mismatch },
        'not rebuilding by itself: an operator has cancelled that or gone back from it; tokenctl rebuild begins it',
      );
    this.isWaiting = true;
  }
}
