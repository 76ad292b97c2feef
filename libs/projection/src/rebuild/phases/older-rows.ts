import type { Client } from 'pg';
import type { Leadership } from '../../run/leadership.js';
import { every } from '../../store/every.js';
import { renewLease } from '../../store/lease.js';
import { connectForComparison, takeSnapshot } from '../../store/snapshot-client.js';
import type { TableTemplate } from '../../table-template.js';
import { cancelledWithJob } from '../cancelled-with-job.js';
import { compareGenerations } from '../../store/proof/compare-generations.js';
import { existingTables } from '../../store/proof/existing-tables.js';
import { ownedTables } from '../../store/proof/damage.js';
import { JobFailed } from '../../job-ended.js';
import type { LeadersWork } from '../leaders-work.js';
import { olderInWords } from '../verification-words.js';

/** In a busy stream every look may be followed by a gap. After this many looks the live generation waits for the last one. */
const MOST_LOOKS = 3;
const RENEW_EVERY_MS = 1_000;

/**
 * Guards a roll-back, and a rebuild whose stream has lost something since the proof.
 *
 * The live generation may have applied messages that the stream has removed since. With a limit per subject such a
 * message looks like one that a newer message has replaced, so the other generation is brought up to date without it. This looks
 * for the rows of the live generation that no event of the other one mentions: after the switch they would be older, or missing, and what
 * was erased would be back.
 */
export class OlderRows {
  private looks = 0;

  /** @param lookedAt the position of both generations when they were last compared; -1: not yet */
  constructor(
    private readonly work: LeadersWork,
    private lookedAt = -1,
  ) {}

  /** Looks while both generations continue, if that is needed. @throws {JobFailed} if there are such rows */
  async ensureNone(): Promise<void> {
    if (this.isOver || this.looks >= MOST_LOOKS) return;
    await this.work.inSnapshot((snapshot) => this.look(snapshot));
  }

  /**
   * For the switch, while the live generation is paused.
   * @returns false if {@link ensureNone} is to be called again: after the last look the stream may have lost what only the live one holds
   * @throws {JobFailed} if there are such rows
   */
  async areNone({ client: writer, lease }: Pick<Leadership, 'client' | 'lease'>): Promise<boolean> {
    if (this.isOver) return true;
    if (this.looks < MOST_LOOKS) return false;
    const { settings, projection } = this.work.engine;
    const client = await connectForComparison(settings.databaseUrl, projection.words.projector);
    // Otherwise only batches renew the lease, and a large table takes longer than it lasts.
    const renewal = every(RENEW_EVERY_MS, () => renewLease(writer, lease));
    try {
      const process = await takeSnapshot(client);
      await cancelledWithJob(this.work, process, () => this.look(client));
    } finally {
      await renewal.stop();
      await client.end().catch(() => undefined);
    }
    return true;
  }

  /** What was read after the last look, without a gap, is in both. The rows of a halted generation are of another history. */
  private get isOver(): boolean {
    const { isComparable, order, build } = this.work;
    if (!isComparable || order.acceptDifferences) return true;
    return this.lookedAt >= 0 && (build!.position.gap?.until ?? 0) <= this.lookedAt;
  }

  private async look(snapshot: Client): Promise<void> {
    const { live, parts, progress, build, order } = this.work;
    const sides = { live: live.position.generation, other: parts.generation, isOtherSchema: false };
    const owned = ownedTables(parts.projection).filter(({ core }) => !live.isOtherSchema || core !== undefined);
    const rows = new Map<string, number>();
    const tables = await existingTables(snapshot, owned.flatMap(versionsOf), sides.live);
    await compareGenerations(snapshot, { tables }, sides, (difference) => {
      if (progress.ending) throw progress.ending;
      if (!difference.isUntold) return;
      if (rows.size === 0) progress.found.reset();
      progress.found.add(difference);
      rows.set(difference.table, (rows.get(difference.table) ?? 0) + 1);
    });
    if (rows.size > 0) throw new JobFailed(olderInWords(parts, order.kind, rows));
    this.looks += 1;
    this.lookedAt = build!.position.sequence;
  }
}

/** The table, to be compared by the versions of its rows alone: documents may differ on purpose. */
function versionsOf(template: TableTemplate): TableTemplate[] {
  if (!template.untold) return [];
  const compared = `concat_ws('/', ${[...template.key, 'version'].map((column) => `t.${column}`).join(', ')})`;
  return [{ ...template, compared }];
}
