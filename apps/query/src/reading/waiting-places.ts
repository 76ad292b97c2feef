import { addTo } from './counts.js';
import { OVERLOADED, RETRY_AFTER_SECONDS, ServiceError } from '#service-runtime/service-error.js';

/** Each takes some 10 kB, with its connection. */
const MOST = 2_000;
/** Callers for the same customers take no more than so many of these, and leave the others to others. */
const MOST_OF_SAME = 500;

const TOO_MANY_OF_SAME = new ServiceError(
  429,
  `${MOST_OF_SAME} requests of callers for the same customers wait for changes here already: wait with fewer, or try again in ${RETRY_AFTER_SECONDS} seconds.`,
  { headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } },
);

/** The places of those who wait for a change. */
export class WaitingPlaces {
  private taken = 0;
  private readonly takenBy = new Map<string, number>();

  /**
   * Takes a place, for one wait or for many.
   * @param tenant of the caller; undefined: one who may see all customers
   * @returns gives the place back
   * @throws {ServiceError} `OVERLOADED` if there is none, 429 if callers like this one have too many
   */
  take(tenant: string | undefined): () => void {
    if (this.taken >= MOST) throw OVERLOADED;
    if (tenant !== undefined && (this.takenBy.get(tenant) ?? 0) >= MOST_OF_SAME) throw TOO_MANY_OF_SAME;
    this.count(tenant, 1);
    return () => this.count(tenant, -1);
  }

  private count(tenant: string | undefined, more: 1 | -1): void {
    this.taken += more;
    addTo(this.takenBy, tenant, more);
  }
}
