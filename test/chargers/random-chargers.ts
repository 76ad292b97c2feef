import { Random } from '../../tools/seed/random.js';
import { cloudEvent, type CloudEvent } from '../support/builders.js';

const CHARGERS = 300;
const SITES = 20;
const CONNECTORS = 4;
const REMEMBERED = 200;
const STATUSES = ['available', 'occupied', 'faulted'];

/** Valid events without end over a small world: versions have gaps, some events come late or twice, removed chargers come back. */
export class RandomChargers {
  private readonly random: Random;
  private readonly versions = new Map<string, number>();
  private readonly seen: CloudEvent[] = [];
  private readonly late: CloudEvent[] = [];

  constructor(seed: number) {
    this.random = new Random(seed, 0, 0);
  }

  next(): CloudEvent {
    const dice = this.random.fraction();
    if (dice < 0.05 && this.seen.length > 0) return this.random.pick(this.seen);
    if (dice < 0.1 && this.late.length > 0) return this.late.splice(this.random.below(this.late.length), 1)[0]!;
    const event = this.fresh();
    this.seen[this.random.below(REMEMBERED) % (this.seen.length + 1)] = event;
    if (!this.random.chance(0.05)) return event;
    this.late.push(event);
    return this.next();
  }

  private fresh(): CloudEvent {
    const { random } = this;
    const id = `DK-${1 + random.below(CHARGERS)}`;
    const dice = random.below(100);
    if (dice < 30) {
      const connector = 1 + random.below(CONNECTORS);
      const version = this.versionOf(`${id}/${connector}`);
      return cloudEvent('charger.connector-status', {
        chargerId: id,
        connector,
        version,
        status: random.pick(STATUSES),
      });
    }
    const version = this.versionOf(id);
    if (dice < 45) return cloudEvent('charger.removed', { id, version });
    const type = version === 1 ? 'charger.registered' : 'charger.changed';
    return cloudEvent(type, { id, version, siteId: `site-${random.below(SITES)}`, name: `Ladestation ${version} 🔌` });
  }

  private versionOf(key: string): number {
    const version = (this.versions.get(key) ?? 0) + 1 + (this.random.chance(0.2) ? this.random.below(4) : 0);
    this.versions.set(key, version);
    return version;
  }
}
