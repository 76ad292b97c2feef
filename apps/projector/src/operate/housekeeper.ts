import type { Client } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { emptyReplayed } from '../dead-letters/replayed-letters.js';
import type { Leading } from '../lead/leading.js';
import { checkLease } from '../lead/lease.js';
import { dropUnused } from '../rebuild/drop-unused.js';
import type { ProjectorSettings } from '../settings.js';

const EVERY_MS = 10_000;

/**
 * Drops generations that nobody needs any more: replaced ones after their time, and what a job could not clear away. Then the contents
 * of replayed letters which only those may have needed.
 */
export class Housekeeper {
  private readonly timer: NodeJS.Timeout;
  private working: Promise<void> = Promise.resolve();
  private isBusy = false;

  constructor(
    private readonly leading: () => Leading | undefined,
    private readonly settings: ProjectorSettings,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => void this.round(), EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  /** Gives the way back up. @returns the generations that are gone @throws {ServiceError} 409 where there is none */
  async dropPrevious(): Promise<number[]> {
    const leading = this.leading();
    if (!leading) throw new ServiceError(503, 'This projector does not lead; try again in a moment.');
    const numbers = await this.drop(leading, `state = 'previous'`);
    if (numbers.length === 0) throw new ServiceError(409, 'There is no previous generation that could be dropped.');
    return numbers;
  }

  private async round(): Promise<void> {
    const leading = this.leading();
    if (!leading || this.isBusy) return;
    this.isBusy = true;
    const { keepPreviousHours: hours } = this.settings;
    const isOver = `state = 'building' or retired_at < clock_timestamp() - ${hours} * interval '1 hour'`;
    const working = this.drop(leading, `(${isOver})`).then(() =>
      leading.betweenBatches(({ client }) => emptyReplayed(client, hours)),
    );
    this.working = working.catch(
      // Whatever keeps it from working keeps the projector too, which says so; readers may hold a table for a moment.
      (error: unknown) => this.logger.debug({ err: error }, 'what nobody needs any more could not be removed yet'),
    );
    await this.working;
    this.isBusy = false;
  }

  private async drop(leading: Leading, which: string): Promise<number[]> {
    const numbers = await leading.betweenBatches(({ client }) => withoutJob(client, which));
    for (const number of numbers) {
      await dropUnused(this.settings.databaseUrl, number, (client) => checkLease(client, leading.lease));
      this.logger.info({ generation: number }, 'a generation that nobody needs any more is dropped');
    }
    return numbers;
  }
}

async function withoutJob(client: Client, which: string): Promise<number[]> {
  const { rows } = await client.query<{ number: number }>(
    `select number from generation where state <> 'live' and job is null and ${which} order by number`,
  );
  return rows.map(({ number }) => number);
}
