import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenLoss } from '#read-model/job.js';
import type { Logger } from '#service-runtime/logger.js';
import type { Leading } from '../lead/leading.js';
import type { BuildParts } from './generation-build.js';
import type { JobProgress } from './job-progress.js';
import { isTooMuch, lossInWords, tokensIn } from './token-loss.js';

const POLL_MS = 500;
/** Whoever reads the log should come upon it; each change of the numbers would flood it. */
const TELL_EVERY_MS = 600_000;

/** Before a switch that nothing proves to be right: lets it through only where few tokens go by it, or an operator agrees. */
export class LossGate {
  private toldAt = -Infinity;

  constructor(
    private readonly around: { readonly leading: Leading; readonly maxLossPercent: number; readonly logger: Logger },
    private readonly progress: JobProgress,
    private readonly parts: BuildParts,
  ) {}

  /** What would go and is not agreed to, as it is now. */
  async unconfirmed(): Promise<TokenLoss | undefined> {
    const { leading, maxLossPercent } = this.around;
    const loss = await tokensIn(this.parts.client, leading.position.generation, this.parts.generation);
    const from = Math.min(loss.from, this.progress.confirmedTokens ?? loss.from);
    return isTooMuch({ from, to: loss.to }, maxLossPercent) ? loss : undefined;
  }

  /**
   * Waits for an operator, or until enough has come into the new generation. That it waits is stored with the job, so that the next
   * leader tells of it too.
   * @param feedOn called now and then meanwhile
   */
  async untilConfirmed(feedOn: () => Promise<void>): Promise<void> {
    const { progress } = this;
    for (let loss = await this.unconfirmed(); loss; loss = await this.unconfirmed()) {
      await this.waitsFor(loss);
      await sleep(POLL_MS);
      await progress.pauseOrEnd();
      await feedOn();
    }
    if (!progress.loss) return;
    await this.parts.keep({ loss: null });
    progress.loss = null;
  }

  private async waitsFor(loss: TokenLoss): Promise<void> {
    const { progress, parts } = this;
    this.tell(loss);
    if (loss.from === progress.loss?.from && loss.to === progress.loss.to) return;
    await parts.keep({ loss });
    progress.loss = loss;
  }

  /** At first, by every leader, and again now and then for as long as it waits. */
  private tell(loss: TokenLoss): void {
    if (performance.now() - this.toldAt < TELL_EVERY_MS) return;
    this.toldAt = performance.now();
    this.around.logger.warn(
      { generation: this.parts.generation, ...loss },
      `${lossInWords(loss)}: an operator must confirm it, see tokenctl rebuild confirm`,
    );
  }
}
