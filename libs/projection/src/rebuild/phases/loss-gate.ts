import { setTimeout as sleep } from 'node:timers/promises';
import type { RowLoss } from '../../job.js';
import type { LeadersWork } from '../leaders-work.js';
import { isTooMuch, lossBetween, lossInWords } from '../row-loss.js';

const POLL_MS = 500;
/** Repeats the log line so that operators find it. A line for each change of the numbers would flood the log. */
const TELL_EVERY_MS = 600_000;

/** Guards a switch that is not verified: the switch may go ahead only if the list loses few rows, or an operator agrees. */
export class LossGate {
  private toldAt = -Infinity;

  constructor(private readonly work: LeadersWork) {}

  /** The current loss of rows that no operator has agreed to. */
  async unconfirmed(): Promise<RowLoss | undefined> {
    const { engine, parts, live, progress } = this.work;
    const loss = await lossBetween(parts.client, parts.projection, live.position.generation, parts.generation);
    return isTooMuch(loss, engine.settings.maxLossPercent) && !progress.isConfirmed(loss) ? loss : undefined;
  }

  /**
   * Waits until an operator agrees, or the new generation has enough rows. The wait is stored with the job, so that the next leader reports
   * it too.
   * @param feedOn called repeatedly meanwhile
   */
  async untilConfirmed(feedOn: () => Promise<void>): Promise<void> {
    const { progress, parts } = this.work;
    for (let loss = await this.unconfirmed(); loss; loss = await this.unconfirmed()) {
      await this.storeWait(loss);
      await sleep(POLL_MS);
      await progress.pauseOrEnd();
      await feedOn();
    }
    if (!progress.loss) return;
    await parts.keep({ loss: null });
    progress.loss = null;
  }

  private async storeWait(loss: RowLoss): Promise<void> {
    const { progress, parts } = this.work;
    this.tell(loss);
    if (loss.from === progress.loss?.from && loss.to === progress.loss.to) return;
    await parts.keep({ loss });
    progress.loss = loss;
  }

  /** Every leader logs it at once, and again at intervals while it waits. */
  private tell(loss: RowLoss): void {
    if (performance.now() - this.toldAt < TELL_EVERY_MS) return;
    this.toldAt = performance.now();
    const { engine, parts } = this.work;
    engine.logger.warn(
      { generation: parts.generation, ...loss },
      `${lossInWords(parts.projection, loss)}: an operator must confirm it, see ${parts.projection.words.tool} rebuild confirm`,
    );
  }
}
