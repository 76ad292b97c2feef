import { inOrder } from '../auth/scope.js';
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
  /** Of callers who may not see all customers, by the customers. */
  private readonly takenBy = new Map<string, number>();

  /**
   * Takes a place, for one wait or for many.
   * @param customers of the caller; null: all customers
   * @returns gives the place back
   * @throws {ServiceError} `OVERLOADED` if there is none, 429 if callers like this one have too many
   */
  take(customers: readonly number[] | null): () => void {
    if (this.taken >= MOST) throw OVERLOADED;
    const whose = inOrder(customers)?.join();
    if (whose !== undefined && (this.takenBy.get(whose) ?? 0) >= MOST_OF_SAME) throw TOO_MANY_OF_SAME;
    this.count(whose, 1);
    return () => this.count(whose, -1);
  }

  private count(whose: string | undefined, more: 1 | -1): void {
    this.taken += more;
    if (whose === undefined) return;
    const now = (this.takenBy.get(whose) ?? 0) + more;
    if (now === 0) this.takenBy.delete(whose);
    else this.takenBy.set(whose, now);
  }
}
