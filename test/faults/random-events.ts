import { MEMBERSHIP_EVENTS, TOKEN_STATE_EVENTS, TOKEN_TYPES } from '#token-contract/events.js';
import { Random } from '../../tools/seed/random.js';
import {
  aGroupDeletion,
  aMembershipEvent,
  anErasure,
  aTokenEvent,
  cloudEvent,
  type CloudEvent,
} from '../support/builders.js';
import { DisorderedEvents } from '../support/disordered-events.js';

const TOKENS = 400;
const GROUPS = 40;
const CUSTOMERS = 25;
/** Some members never become tokens. */
const MEMBER_IDS = TOKENS + 40;
const START = Date.UTC(2025, 0, 1);

/**
 * Valid events without end, of every type, over a small world: versions have gaps, some events come late or twice, groups name
 * tokens before these are there, deleted groups and erased tokens come back under higher versions. A version names one state.
 */
export class RandomEvents extends DisorderedEvents {
  private readonly tokenVersions = new Map<number, number>();
  private readonly groupVersions = new Map<number, number>();

  constructor(seed: number) {
    super(new Random(seed, 0, 0));
  }

  protected fresh(): CloudEvent {
    const dice = this.random.below(100);
    if (dice < 62) return this.stateEvent();
    if (dice < 88) return this.membershipEvent();
    if (dice < 91) return aGroupDeletion(this.nextOfGroup(), { time: this.time() });
    if (dice < 96) return anErasure(this.nextOfToken(), { time: this.time() });
    return cloudEvent('token.of-a-kind-not-known-here', { id: 1 });
  }

  private stateEvent(): CloudEvent {
    const { random } = this;
    const { id, version } = this.nextOfToken();
    return aTokenEvent(random.pick(TOKEN_STATE_EVENTS), {
      id,
      version,
      customerId: 1 + random.below(CUSTOMERS),
      identifier: { type: random.pick(TOKEN_TYPES), label: random.chance(0.1) ? null : `DK.SPI.${id}` },
      updatedAt: this.time(),
      expiresAt: random.chance(0.7) ? null : this.time(),
      isActive: random.chance(0.8),
      roamingEnabled: random.chance(0.8),
      priorityChargingEnabled: random.chance(0.1),
      comment: random.chance(0.8) ? null : `Grüße 🚗 ${version}`,
    });
  }

  private membershipEvent(): CloudEvent {
    const members = Array.from({ length: 1 + this.random.below(12) }, () => 1 + this.random.below(MEMBER_IDS));
    const change = { ...this.nextOfGroup(), tokenIds: [...new Set(members)] };
    return aMembershipEvent(this.random.pick(MEMBERSHIP_EVENTS), change, { time: this.time() });
  }

  private nextOfToken(): { id: number; version: number } {
    const id = 1 + this.random.below(TOKENS);
    return { id, version: this.nextVersion(this.tokenVersions, id) };
  }

  private nextOfGroup(): { tokenGroupId: number; version: number } {
    const tokenGroupId = 1 + this.random.below(GROUPS);
    return { tokenGroupId, version: this.nextVersion(this.groupVersions, tokenGroupId) };
  }

  private nextVersion(versions: Map<number, number>, key: number): number {
    const gap = this.random.chance(0.2) ? this.random.below(5) : 0;
    const version = (versions.get(key) ?? 0) + 1 + gap;
    versions.set(key, version);
    return version;
  }

  private time(): string {
    return new Date(START + this.random.below(10_000_000_000 / 1_000) * 1_000 + this.random.below(1_000)).toISOString();
  }
}
