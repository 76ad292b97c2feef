import type { Logger } from '#service-runtime/logger.js';
import { OVERLOADED } from '#service-runtime/service-error.js';
import type { AnswerBytes, HeldBytes } from './answer-bytes.js';

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
  /** What its answer may take of the memory for answers while it is read. */
  readonly bytes: number;
  readonly begin: (held: HeldBytes) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Lets so many requests at the database at a time, each with memory for its answer; the others wait for their turn, not for long and
 * not too many of them. A request that needs more memory than there is lets those go first that need less.
 */
export class Turns {
  /** Requests refused so far. */
  refusals = 0;
  private readonly queue: Waiting[] = [];
  private looking: NodeJS.Timeout | undefined;
  private quietUntil = 0;

  constructor(
    private free: number,
    private readonly memory: AnswerBytes,
    private readonly logger: Logger,
  ) {
    memory.whenFree(() => this.pass());
  }

  get waiting(): number {
    return this.queue.length;
  }

  /**
   * @param bytes the most that the work's rows can take of the memory for answers
   * @param work gets what it holds of it, to be released by whoever is done with the rows; where it fails, that is done here
   * @throws {ServiceError} `OVERLOADED` where it is not its turn in time
   */
  async take<T>(bytes: number, work: (held: HeldBytes) => Promise<T>): Promise<T> {
    const held = this.begin(bytes) ?? (await this.turn(bytes));
    try {
      return await work(held);
    } catch (error) {
      held.release();
      throw error;
    } finally {
      this.free += 1;
      this.pass();
    }
  }

  private begin(bytes: number): HeldBytes | undefined {
    const held = this.free > 0 ? this.memory.reserve(bytes) : undefined;
    if (held) this.free -= 1;
    return held;
  }

  private turn(bytes: number): Promise<HeldBytes> {
    if (this.queue.length >= ROOM) {
      this.count(1);
      throw OVERLOADED;
    }
    this.looking ??= setInterval(() => this.refuseTheLate(), LOOK_EVERY_MS);
    return new Promise((begin, refuse) => this.queue.push({ since: performance.now(), bytes, begin, refuse }));
  }

  /** Under overload the newest goes first: it is served at once, where in order everybody would wait for as long as is allowed. */
  private pass(): void {
    while (this.free > 0 && this.queue.length > 0) {
      const isFair = performance.now() - this.queue[0]!.since < FAIR_MS;
      const last = this.queue.length - 1;
      let held: HeldBytes | undefined;
      let at = 0;
      for (let i = 0; i <= last && !held; i += 1) held = this.begin(this.queue[(at = isFair ? i : last - i)]!.bytes);
      if (!held) return;
      this.queue.splice(at, 1)[0]!.begin(held);
    }
  }

  private refuseTheLate(): void {
    const since = performance.now() - LONGEST_MS;
    const inTime = this.queue.findIndex((waiting) => waiting.since > since);
    const late = this.queue.splice(0, inTime < 0 ? this.queue.length : inTime);
    if (late.length > 0) this.count(late.length);
    for (const { refuse } of late) refuse(OVERLOADED);
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
