import type { Logger } from '#service-runtime/logger.js';
import { OVERLOADED } from '#service-runtime/service-error.js';

/** As long as nobody has waited for longer, whoever came first is first. Behind that there are more than can be served. */
const FAIR_MS = 250;
/** The longest that a request waits to hear that it is not its turn. Decision 0013 says why it does not hear it at once. */
const LONGEST_MS = 1_000;
/** Requests that may wait; each is some 10 kB. */
const ROOM = 5_000;
const LOOK_EVERY_MS = 50;
const LOG_EVERY_MS = 10_000;

interface Waiting {
  readonly since: number;
  readonly isTurn: () => void;
  readonly isRefused: (error: Error) => void;
}

/** Lets so many requests at the database at a time; the others wait for their turn, not for long and not too many of them. */
export class Turns {
  /** Requests refused so far. */
  refusals = 0;
  private readonly queue: Waiting[] = [];
  private looking: NodeJS.Timeout | undefined;
  private quietUntil = 0;

  constructor(
    private free: number,
    private readonly logger: Logger,
  ) {}

  get waiting(): number {
    return this.queue.length;
  }

  /** @throws {ServiceError} `OVERLOADED` where it is not its turn in time */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      this.pass();
    }
  }

  private turn(): Promise<void> {
    if (this.queue.length >= ROOM) {
      this.count(1);
      throw OVERLOADED;
    }
    this.looking ??= setInterval(() => this.refuseTheLate(), LOOK_EVERY_MS);
    return new Promise((isTurn, isRefused) => this.queue.push({ since: performance.now(), isTurn, isRefused }));
  }

  /** Under overload the newest goes first: it is served at once, where in order everybody would wait for as long as is allowed. */
  private pass(): void {
    const [oldest] = this.queue;
    const isFair = oldest && performance.now() - oldest.since < FAIR_MS;
    const next = isFair ? this.queue.shift() : this.queue.pop();
    if (next) next.isTurn();
    else this.free += 1;
  }

  private refuseTheLate(): void {
    const since = performance.now() - LONGEST_MS;
    const inTime = this.queue.findIndex((waiting) => waiting.since > since);
    const late = this.queue.splice(0, inTime < 0 ? this.queue.length : inTime);
    if (late.length > 0) this.count(late.length);
    for (const { isRefused } of late) isRefused(OVERLOADED);
    if (this.queue.length > 0) return;
    clearInterval(this.looking);
    this.looking = undefined;
  }

  /** A log line for each would cost more than the refusal. */
  private count(refused: number): void {
    this.refusals += refused;
    if (performance.now() < this.quietUntil) return;
    this.quietUntil = performance.now() + LOG_EVERY_MS;
    this.logger.warn({ refusals: this.refusals }, 'there are more requests than can be answered; some are refused');
  }
}
