import { isTimeout } from '#read-model/postgres-errors.js';
import type { BatchTarget } from './batch-target.js';
import { pendingSweeps, sweepMembers } from './group-sweeps.js';

/** Changes the members of deleted groups one part after the other, and knows whether there are any. */
export class GroupSweeper {
  private members: number;
  /** Deleted groups whose members are not all changed yet. */
  pending = 0;

  constructor(private readonly membersAtOnce: number) {
    this.members = membersAtOnce;
  }

  /** Looks what a former writer has left, or what was recorded outside a batch. */
  async look({ client, position }: Pick<BatchTarget, 'client' | 'position'>): Promise<void> {
    this.pending = await pendingSweeps(client, position.generation);
  }

  /** The next part. One that takes too long is done again as a smaller one. @throws what {@link sweepMembers} throws */
  async sweepOnce(target: BatchTarget): Promise<void> {
    try {
      const mayHaveEnded = await sweepMembers(target, this.members);
      this.members = Math.min(this.membersAtOnce, this.members * 2);
      if (mayHaveEnded) await this.look(target);
    } catch (error) {
      if (!isTimeout(error) || this.members === 1) throw error;
      this.members = Math.max(1, this.members >> 3);
    }
  }
}
