import { ServiceError } from '#service-runtime/service-error.js';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Client } from 'pg';
import { Engine } from '../engine.js';
import { dropUnused } from '../rebuild/drop-unused.js';
import { Jobs } from '../rebuild/jobs.js';
import type { Leadership } from '../run/leadership.js';
import { ProjectorState } from '../run/projector-state.js';
import { every } from '../store/every.js';
import { unusedGenerations } from '../store/generations.js';
import { forgetOldEnds } from '../store/jobs.js';
import { checkLease } from '../store/lease.js';
import { emptyReplayed } from '../store/replayed-letters.js';

const EVERY_MS = 10_000;

/**
 * Drops unused generations: replaced ones after their time, and those that a job could not drop. Then removes the contents of replayed
 * letters that only those generations may have needed, and what is known of jobs that ended long ago. Ends a cancelled job that nobody
 * has ended.
 */
@Injectable()
export class Housekeeper implements BeforeApplicationShutdown {
  private readonly working;

  constructor(
    private readonly engine: Engine,
    private readonly state: ProjectorState,
    private readonly jobs: Jobs,
  ) {
    this.working = every(
      EVERY_MS,
      () => this.round(),
      // A fault of the database also stops the projector, which reports it; readers may hold a table for a moment.
      (error) =>
        engine.logger.debug({ err: error }, 'old generations, ends of jobs or letters could not be removed yet'),
    );
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.working.stop();
  }

  /**
   * Drops the previous generation, so that no roll-back is possible.
   * @returns the dropped generations
   * @throws {ServiceError} 409 where there is none, 503 while it is in use
   */
  async dropPrevious(): Promise<number[]> {
    const numbers = await this.drop(this.state.mustLead());
    if (numbers.length === 0)
      throw new ServiceError(
        409,
        'There is no previous generation that could be dropped: it is gone, it is live again, or a job works on it.',
      );
    return numbers;
  }

  private async round(): Promise<void> {
    const leading = this.state.leading;
    if (!leading) return;
    const { projection, settings } = this.engine;
    await this.jobs.endCancelled();
    // A session that is forgotten may hold the tables of a generation for ever: that must not keep the other work undone.
    const dropping = this.drop(leading, settings.keepPreviousHours);
    await dropping.catch(() => undefined);
    await leading.betweenBatches(async ({ client }) => {
      await emptyReplayed(client, projection, settings.keepPreviousHours);
      await forgetOldEnds(client, projection);
    });
    await dropping;
  }

  /**
   * @param retiredForHours see {@link unusedGenerations}
   * @returns those that were dropped: a job may take one first
   * @throws the first failure, after the others are dropped
   */
  private async drop(leading: Leadership, retiredForHours?: number): Promise<number[]> {
    const { projection, settings, logger } = this.engine;
    const numbers = await leading.betweenBatches(({ client }) =>
      unusedGenerations(client, projection, retiredForHours),
    );
    const dropped: number[] = [];
    const failures: unknown[] = [];
    for (const number of numbers) {
      const fence = (client: Client) => checkLease(client, leading.lease);
      try {
        if (!(await dropUnused(settings.databaseUrl, projection, number, fence))) continue;
      } catch (error) {
        failures.push(error);
        continue;
      }
      logger.info({ generation: number }, 'dropped an unneeded generation');
      dropped.push(number);
    }
    if (failures.length > 0) throw failures[0];
    return dropped;
  }
}
