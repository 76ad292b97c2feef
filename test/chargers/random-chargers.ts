import { Random } from '../../tools/seed/random.js';
import { cloudEvent, type CloudEvent } from '../support/builders.js';
import { DisorderedEvents } from '../support/disordered-events.js';

const CHARGERS = 300;
const SITES = 20;
const CONNECTORS = 4;
const STATUSES = ['available', 'occupied', 'faulted'];

/** Valid events without end over a small world: versions have gaps, some events come late or twice, removed chargers come back. */
export class RandomChargers extends DisorderedEvents {
  private readonly versions = new Map<string, number>();

  constructor(seed: number) {
    super(new Random(seed, 0, 0));
  }

  protected fresh(): CloudEvent {
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
