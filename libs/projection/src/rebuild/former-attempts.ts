import type { Engine } from '../engine.js';
import { hasEndedInVain, lastEnd } from '../store/schema-change-ends.js';

/**
 * The attempts to change the schema, by whichever process of this release. Those that ended before this process began do not count:
 * after a restart it tries again.
 */
export class FormerAttempts {
  private after: string | undefined;

  constructor(private readonly engine: Pick<Engine, 'pool' | 'projection'>) {}

  async readLastEnd(): Promise<void> {
    const { pool, projection } = this.engine;
    this.after ??= await lastEnd(pool, projection);
  }

  /** Whether an operator has cancelled one, or a new one would end the same way. Call {@link readLastEnd} before. */
  async forbidAnother(): Promise<boolean> {
    const { pool, projection } = this.engine;
    return this.after !== undefined && hasEndedInVain(pool, projection, this.after);
  }
}
