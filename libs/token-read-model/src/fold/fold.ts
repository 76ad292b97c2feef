import type { ChangePlace } from '#projection/change-order.js';
import type { DomainEvent, TokenState } from '#token-contract/events.js';
import type { Instant } from '#token-contract/instant.js';
import type { Changes, MembershipRow, TokenRow } from './changes.js';
import { CountChanges } from './count-changes.js';
import { Departures } from './departures.js';
import { latestOf, type Places } from './places.js';
import type { Current, CurrentToken } from './current.js';
import type { Dated, MembershipEntry, ReducedBatch } from './reduce.js';
import { knownState, tokenRow } from './token-row.js';

/**
 * The projection: the changes of a batch, given the rows in the tables. It is pure, and the highest version wins per key, so that order,
 * duplicates and the cut into batches do not matter.
 */
export function fold(batch: ReducedBatch, current: Current, places: Places): Changes {
  return new Fold(batch, current, places).changes();
}

/** Every token whose row a batch may change. */
export function touchedTokens(batch: ReducedBatch): Set<number> {
  return new Set([...batch.tokens.keys(), ...batch.erasures.keys(), ...batch.memberships.keys()]);
}

/** The memberships of a token after a batch, and the events that have changed the token. */
interface Memberships {
  readonly pairs: ReadonlyMap<number, MembershipEntry>;
  readonly changedBy: DomainEvent[];
}

class Fold {
  private readonly tokens: TokenRow[] = [];
  private readonly removedTokens: number[] = [];
  private readonly memberships: MembershipRow[] = [];
  private readonly departures = new Departures();
  private readonly counts = new CountChanges();
  private readonly effective = new Set<DomainEvent>();
  private readonly newDeletions: ReadonlyMap<number, Dated>;

  constructor(
    private readonly batch: ReducedBatch,
    private readonly current: Current,
    private readonly places: Places,
  ) {
    this.newDeletions = this.higherThanKnown();
  }

  changes(): Changes {
    const erasures = this.newErasures();
    // Pairs of deleted groups were loaded with their tokens, which the batch may not name elsewhere.
    const touched = new Set([...touchedTokens(this.batch), ...this.current.memberships.keys()]);
    for (const id of touched) this.foldToken(id, erasures.get(id) ?? this.current.erasures.get(id) ?? 0);
    return {
      tokens: this.tokens,
      removedTokens: this.removedTokens,
      erasures: Array.from(erasures, ([id, version]) => ({ id, version })),
      memberships: this.memberships,
      deletions: Array.from(this.newDeletions, ([tokenGroupId, { version, time }]) => ({
        tokenGroupId,
        version,
        time,
      })),
      gone: this.departures.gone,
      back: this.departures.back,
      counts: this.counts.all(),
      effective: this.effective,
    };
  }

  private higherThanKnown(): ReadonlyMap<number, Dated> {
    const higher = new Map<number, Dated>();
    for (const [group, { value, event }] of this.batch.deletions) {
      if (value.version <= (this.current.deletions.get(group)?.version ?? 0)) continue;
      higher.set(group, value);
      this.effective.add(event);
    }
    return higher;
  }

  private newErasures(): ReadonlyMap<number, number> {
    const erasures = new Map<number, number>();
    for (const [id, { value, event }] of this.batch.erasures) {
      if (value.version <= (this.current.erasures.get(id) ?? 0)) continue;
      erasures.set(id, value.version);
      this.effective.add(event);
    }
    return erasures;
  }

  private foldToken(id: number, erasedVersion: number): void {
    const known = this.current.tokens.get(id);
    const newState = this.newState(id, Math.max(known?.version ?? 0, erasedVersion));
    const { pairs, changedBy, hasChanged } = this.foldMemberships(id);
    if (known && !newState && known.version <= erasedVersion) return this.remove(id, known, { pairs, changedBy });
    const state = newState ?? (hasChanged ? knownState(id, known) : undefined);
    if (newState) changedBy.push(this.batch.tokens.get(id)!.event);
    if (state) this.put(state, known, { pairs, changedBy });
  }

  /** The place of the last of the events that have changed a token, or that may have. */
  private placeOf(id: number, { pairs, changedBy }: Memberships): ChangePlace {
    const places = [...changedBy.map((event) => this.places.ofEvent(event)), ...this.places.ofMember(id)];
    for (const [group, { value, event }] of this.batch.deletions) {
      // If the batch is folded in parts, an earlier part has stored the deletion already.
      const hasEffect = value.version >= (this.current.deletions.get(group)?.version ?? 0);
      if (hasEffect && pairs.has(group)) places.push(this.places.ofEvent(event));
    }
    return latestOf(places);
  }

  private newState(id: number, above: number): TokenState | undefined {
    const offered = this.batch.tokens.get(id);
    if (!offered || offered.value.version <= above) return undefined;
    this.effective.add(offered.event);
    return offered.value;
  }

  /** The token's pairs after the batch, and whether the token must be rendered again because of them. */
  private foldMemberships(id: number): Memberships & { hasChanged: boolean } {
    const pairs = new Map(this.current.memberships.get(id));
    const changedBy: DomainEvent[] = [];
    for (const [tokenGroupId, { value, event }] of this.batch.memberships.get(id) ?? []) {
      if (value.version <= (pairs.get(tokenGroupId)?.version ?? 0)) continue;
      pairs.set(tokenGroupId, value);
      this.memberships.push({ tokenId: id, tokenGroupId, ...value });
      this.effective.add(event);
      changedBy.push(event);
    }
    return { pairs, changedBy, hasChanged: changedBy.length > 0 || this.current.membersOfDeleted.has(id) };
  }

  private put(state: TokenState, known: CurrentToken | undefined, memberships: Memberships): void {
    const { groupIds, latest } = this.winning(memberships.pairs, state.updatedAt);
    const row = tokenRow(state, latest, groupIds, this.placeOf(state.id, memberships));
    if (row.document === known?.document && row.version === known.version) return;
    this.tokens.push(row);
    if (known) this.counts.add(known, -1);
    if (known) this.departures.kept(row, known);
    else if (this.wasErased(row.id)) this.departures.cameBack(row);
    this.counts.add(row, 1);
  }

  private remove(id: number, known: CurrentToken, { pairs, changedBy }: Memberships): void {
    this.removedTokens.push(id);
    this.counts.add(known, -1);
    // A damaged table may still have a token that was erased before: then any event of the token removes it.
    const named = [
      this.batch.erasures.get(id),
      this.batch.tokens.get(id),
      ...(this.batch.memberships.get(id)?.values() ?? []),
    ];
    changedBy.push(...named.flatMap((entry) => (entry ? [entry.event] : [])));
    this.departures.erased(id, known, this.placeOf(id, { pairs, changedBy }));
  }

  private wasErased(id: number): boolean {
    return this.current.erasures.has(id) || this.batch.erasures.has(id);
  }

  /** For each pair the higher version wins: that of its own entry, or that of the deletion of its group. */
  private winning(pairs: ReadonlyMap<number, MembershipEntry>, own: Instant): { groupIds: number[]; latest: Instant } {
    const groupIds: number[] = [];
    let latest = own;
    for (const [group, entry] of pairs) {
      const deletion = this.newDeletions.get(group) ?? this.current.deletions.get(group);
      const isDeleted = deletion !== undefined && deletion.version > entry.version;
      if (!isDeleted && entry.isMember) groupIds.push(group);
      const { time } = isDeleted ? deletion : entry;
      // All instants have the same spelling, so the later one is the greater text.
      if (time > latest) latest = time;
    }
    return { groupIds: groupIds.sort((a, b) => a - b), latest };
  }
}
