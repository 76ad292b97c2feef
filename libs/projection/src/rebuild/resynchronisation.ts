import { jetstreamManager } from '@nats-io/jetstream';
import { Injectable } from '@nestjs/common';
import { Engine } from '../engine.js';
import { hasJustFailed, operatorDecided } from '../store/jobs.js';
import { isRolledBackFrom } from '../store/live-generation.js';
import type { SourceChanged } from '../stream/source-changed.js';
import { createStreamIfMissing } from '../stream/stream.js';
import { AGAIN_AFTER_MS } from './again-after.js';
import { Jobs } from './jobs.js';
import { PLAIN_REBUILD } from './plain-rebuild.js';

const OPERATORS_DECISION = 'an operator has cancelled that or gone back from it';

/** Carries out `ON_SOURCE_CHANGE=rebuild`: rebuilds the read model from the stream that has replaced its own. */
@Injectable()
export class Resynchronisation {
  private isReacting = false;
  /** Why it does not rebuild now, as it was last logged. */
  private waitsBecause: string | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Called at every check of a halted leader. If the stream is missing and may be created, it is created; the next check finds that it is
   * another stream.
   */
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
    const { link, settings, logger } = this.engine;
    const manager = await jetstreamManager(await link.connected());
    await createStreamIfMissing(manager, settings.stream, logger);
  }

  private async rebuild(mismatch: SourceChanged['mismatch']): Promise<void> {
    const { pool, projection, logger } = this.engine;
    if (await operatorDecided(pool, projection)) return this.wait(mismatch, OPERATORS_DECISION);
    if (await isRolledBackFrom(pool, projection)) return this.wait(mismatch, OPERATORS_DECISION);
    if (await hasJustFailed(pool, projection, AGAIN_AFTER_MS))
      return this.wait(mismatch, 'the last rebuild has failed, and the next one begins five minutes after it');
    this.waitsBecause = undefined;
    const begun = await this.jobs.startUnlessUnfinished(PLAIN_REBUILD, { isUnattended: true });
    if (begun) logger.warn({ mismatch }, 'rebuilding from the stream as it is now');
  }

  private wait(mismatch: SourceChanged['mismatch'], because: string): void {
    const { logger, projection } = this.engine;
    if (this.waitsBecause !== because)
      logger.warn({ mismatch }, `not rebuilding by itself: ${because}; ${projection.words.tool} rebuild begins it now`);
    this.waitsBecause = because;
  }
}
