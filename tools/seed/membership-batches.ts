import type { MembershipChange } from '#token-contract/events.js';

/** The most ids one event may carry. */
const BATCH = 1_000;

/** Collects memberships into events of at most 1,000 ids. Holds at most 1,000 ids per group, however many memberships there are. */
export class MembershipBatches {
  private readonly waiting = new Map<number, number[]>();
  private readonly versions = new Map<number, number>();

  /** The group's event, once its batch is full. */
  add(tokenGroupId: number, tokenId: number): MembershipChange | undefined {
    const tokenIds = this.waiting.get(tokenGroupId) ?? [];
    tokenIds.push(tokenId);
    if (tokenIds.length === BATCH) {
      this.waiting.delete(tokenGroupId);
      return this.change(tokenGroupId, tokenIds);
    }
    this.waiting.set(tokenGroupId, tokenIds);
    return undefined;
  }

  /** The events of all unfinished batches, in the order in which they were begun. */
  *drain(): Generator<MembershipChange> {
    for (const [tokenGroupId, tokenIds] of this.waiting) yield this.change(tokenGroupId, tokenIds);
    this.waiting.clear();
  }

  private change(tokenGroupId: number, tokenIds: number[]): MembershipChange {
    const version = (this.versions.get(tokenGroupId) ?? 0) + 1;
    this.versions.set(tokenGroupId, version);
    return { tokenGroupId, version, tokenIds };
  }
}
