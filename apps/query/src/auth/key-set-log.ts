import type { Logger } from '#service-runtime/logger.js';
import { Summary } from '#service-runtime/summary.js';

/** The set is tried again every ten seconds at most, and by callers with unknown keys. */
const EVERY_MS = 600_000;

/** Tells operators what is wrong with the key set. Callers notice it only when the keys of the last one are too old. */
export class KeySetLog {
  private readonly unfetched: Summary<unknown>;
  private readonly empty: Summary<undefined>;

  constructor(log: Logger) {
    this.unfetched = new Summary(
      (err, fetches) =>
        log.warn(
          { err, fetches },
          'the key set at JWT_JWKS_URL cannot be fetched: its last keys are good for an hour, then requests with a JWT are a 503',
        ),
      1,
      EVERY_MS,
    );
    this.empty = new Summary(
      (_, fetches) => log.warn({ fetches }, 'the key set at JWT_JWKS_URL has no keys: requests with a JWT are a 403'),
      1,
      EVERY_MS,
    );
  }

  cannotBeFetched(error: unknown): void {
    this.unfetched.add(error);
  }

  isEmpty(): void {
    this.empty.add(undefined);
  }
}
