import type { ClientBase } from 'pg';
import type { Engine } from '../engine.js';
import { isRolledBackFrom } from '../store/live-generation.js';
import { AGAIN_AFTER_MS } from './again-after.js';
import { FormerAttempts } from './former-attempts.js';

/** Whether this release may begin to change the schema without an order. An order of an operator is carried out whatever this says. */
export class OwnInitiative {
  private notBefore = 0;
  private readonly attempts: FormerAttempts;
  private hasToldOfThem = false;

  constructor(private readonly engine: Engine) {
    this.attempts = new FormerAttempts(engine);
  }

  /** Call it before the first question. */
  readFormerAttempts(): Promise<void> {
    return this.attempts.readLastEnd();
  }

  /** There is no room: the next attempt would find none either. */
  putOff(): void {
    this.notBefore = performance.now() + AGAIN_AFTER_MS;
  }

  /** Whether a setting forbids it, or an operator has rolled back from this release. */
  async isForbidden(client: Pick<ClientBase, 'query'>): Promise<boolean> {
    const { settings, projection } = this.engine;
    return !settings.rebuildOnSchemaChange || (await isRolledBackFrom(client, projection));
  }

  /** Whether there was no room a moment ago, or an operator must decide first. */
  async isPutOff(): Promise<boolean> {
    return performance.now() < this.notBefore || (await this.isForOperator());
  }

  private async isForOperator(): Promise<boolean> {
    const isSo = await this.attempts.forbidAnother();
    const { logger, projection } = this.engine;
    if (isSo && !this.hasToldOfThem)
      logger.warn(`the schema was not changed: an operator must decide, see ${projection.words.tool} rebuild status`);
    this.hasToldOfThem = isSo;
    return isSo;
  }
}
