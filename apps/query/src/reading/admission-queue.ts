import type { Logger } from '#service-runtime/logger.js';
import { OVERLOADED } from '#service-runtime/service-error.js';
import type { AnswerMemory, HeldMemory } from './answer-memory.js';
import { TenantShares } from './tenant-shares.js';

/**
 * While no request has waited for longer than this, the oldest is admitted first. After that there are more requests than the app can
 * serve.
 */
const FAIR_MS = 250;
/** A request that has waited this long is refused. Decision 0013 says why it is not refused at once. */
const LONGEST_MS = 1_000;
/** This many requests may wait; each takes some 10 kB. */
const MAX_WAITING = 5_000;
const CHECK_EVERY_MS = 50;
const LOG_EVERY_MS = 10_000;

interface Waiting {
  readonly since: number;
  /** The memory that the answer may take while its rows are read. */
  readonly bytes: number;
  readonly tenant: string | undefined;
  readonly admit: (held: HeldMemory) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Admits a limited number of requests to the database at the same time, each with memory for its answer. The others wait in a queue of
 * limited length for a limited time. While a request waits for more memory than is free, requests that need less are admitted. While a
 * tenant has half of the places, those of others come first.
 */
export class AdmissionQueue {
  /** Requests refused so far. */
  refusals = 0;
  private readonly queue: Waiting[] = [];
  private readonly shares: TenantShares;
  private checking: NodeJS.Timeout | undefined;
  private quietUntil = 0;

  /** @param free how many requests may be at the database at the same time */
  constructor(
    private free: number,
    private readonly memory: AnswerMemory,
    private readonly logger: Logger,
  ) {
    this.shares = new TenantShares(free);
    memory.whenFree(() => this.admitNext());
  }

  get waiting(): number {
    return this.queue.length;
  }

  /**
   * Runs the work as soon as the request is admitted.
   * @param bytes the most memory that the rows of the work can take
   * @param work gets the memory, and releases it when it no longer needs the rows. If the work fails, this queue releases the memory.
   * @param tenant of the caller; undefined: one who may see all customers, or nobody's
   * @throws {ServiceError} `OVERLOADED` where the request is not admitted in time
   */
  async run<T>(bytes: number, work: (held: HeldMemory) => Promise<T>, tenant?: string): Promise<T> {
    const held = this.reserve(bytes, tenant) ?? (await this.wait(bytes, tenant));
    try {
      return await work(held);
    } catch (error) {
      held.release();
      throw error;
    } finally {
      this.free += 1;
      this.shares.countRunning(tenant, -1);
      this.admitNext();
    }
  }

  private reserve(bytes: number, tenant: string | undefined): HeldMemory | undefined {
    const held = this.free > 0 ? this.memory.reserve(bytes, tenant) : undefined;
    if (!held) return undefined;
    this.free -= 1;
    this.shares.countRunning(tenant, 1);
    return held;
  }

  private wait(bytes: number, tenant: string | undefined): Promise<HeldMemory> {
    if (this.queue.length >= MAX_WAITING || this.shares.waitingOf(tenant) >= MAX_WAITING / 2) {
      this.countRefusals(1);
      throw OVERLOADED;
    }
    this.checking ??= setInterval(() => this.refuseTheLate(), CHECK_EVERY_MS);
    this.shares.countWaiting(tenant, 1);
    return new Promise((admit, refuse) => {
      this.queue.push({ since: performance.now(), bytes, tenant, admit, refuse });
    });
  }

  private admitNext(): void {
    while (this.free > 0 && this.queue.length > 0 && (this.admitOneOfOthers() || this.admitOne(() => true)));
  }

  private admitOneOfOthers(): boolean {
    const { shares } = this;
    return shares.doOthersWait(this.queue.length) && this.admitOne(({ tenant }) => !shares.hasItsShare(tenant));
  }

  /**
   * Under overload the newest request is admitted first and is answered at once. In order of arrival, every request would wait for the
   * longest time.
   */
  private admitOne(mayCome: (waiting: Waiting) => boolean): boolean {
    const oldest = this.queue.find(mayCome);
    if (!oldest) return false;
    const isFair = performance.now() - oldest.since < FAIR_MS;
    const last = this.queue.length - 1;
    for (let i = 0; i <= last; i += 1) {
      const at = isFair ? i : last - i;
      const waiting = this.queue[at]!;
      const held = mayCome(waiting) ? this.reserve(waiting.bytes, waiting.tenant) : undefined;
      if (!held) continue;
      this.queue.splice(at, 1);
      this.shares.countWaiting(waiting.tenant, -1);
      waiting.admit(held);
      return true;
    }
    return false;
  }

  private refuseTheLate(): void {
    const since = performance.now() - LONGEST_MS;
    const inTime = this.queue.findIndex((waiting) => waiting.since > since);
    const late = this.queue.splice(0, inTime < 0 ? this.queue.length : inTime);
    if (late.length > 0) this.countRefusals(late.length);
    for (const { refuse, tenant } of late) {
      this.shares.countWaiting(tenant, -1);
      refuse(OVERLOADED);
    }
    if (this.queue.length > 0) return;
    clearInterval(this.checking);
    this.checking = undefined;
  }

  /** Logs a summary: a log line for each refusal would cost more than the refusal. */
  private countRefusals(refused: number): void {
    this.refusals += refused;
    if (performance.now() < this.quietUntil) return;
    this.quietUntil = performance.now() + LOG_EVERY_MS;
    this.logger.warn({ refusals: this.refusals }, 'there are more requests than can be answered; some are refused');
  }
}
