import type { Engine } from '../engine.js';
import { hasEndedInVain, lastEnd } from '../store/schema-change-ends.js';

/**
 * The attempts to change the schema, by whichever process of this release. Those that ended before this process first looked do not count:
 * after a restart it tries again.
 */
export class FormerAttempts {
  private after: string | undefined;

  constructor(private readonly engine: Pick<Engine, 'pool' | 'projection'>) {}

  async look(): Promise<void> {
    const { pool, projection } = this.engine;
    this.after ??= await lastEnd(pool, projection);
  }

  /** Whether an operator has cancelled one, or a new one would end the same way. Call {@link look} before. */
  async forbidAnother(): Promise<boolean> {
    const { pool, projection } = this.engine;
    return this.after !== undefined && hasEndedInVain(pool, projection, this.after);
  }
}
