import { addTo } from './counts.js';

/** The memory that one request holds for its answer, from before its rows are read until the process has sent the last byte. */
export class HeldMemory {
  constructor(
    private readonly memory: AnswerMemory,
    private bytes: number,
    private readonly tenant: string | undefined,
  ) {}

  /** Gives back the memory that the answer does not need. It never grows. */
  shrinkTo(bytes: number): void {
    if (bytes >= this.bytes) return;
    const free = this.bytes - bytes;
    this.bytes = bytes;
    this.memory.giveBack(free, this.tenant);
  }

  /** Further memory while it is worked on. undefined: not free at the moment. */
  besides(bytes: number): HeldMemory | undefined {
    return this.memory.reserve(bytes, this.tenant);
  }

  /** May be called more than once. */
  release(): void {
    this.shrinkTo(0);
  }
}

/** The last quarter is kept for small answers: so slow readers of large answers do not shut out all others. */
const SHARE_OF_LARGE = 0.75;
const SMALL_SHARE = 1 / 16;
/** Slow readers of one tenant leave the rest to others. One answer may be larger. */
const SHARE_OF_TENANT = 0.5;

/** The memory that the answers of all requests may take together, while they are read, built and sent. */
export class AnswerMemory {
  private taken = 0;
  private readonly takenBy = new Map<string, number>();
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly most: number) {}

  get held(): number {
    return this.taken;
  }

  /**
   * @param tenant whose answer it is; undefined: of a caller who may see all customers
   * @returns undefined: this many bytes are not free at the moment
   */
  reserve(bytes: number, tenant?: string): HeldMemory | undefined {
    return this.take(bytes, bytes <= this.most * SMALL_SHARE ? this.most : this.most * SHARE_OF_LARGE, tenant);
  }

  /** For what a caller can hold as long as it likes, however small it is. The last quarter stays for answers. */
  reserveForSlow(bytes: number, tenant?: string): HeldMemory | undefined {
    return this.take(bytes, this.most * SHARE_OF_LARGE, tenant);
  }

  private take(bytes: number, most: number, tenant: string | undefined): HeldMemory | undefined {
    if (this.taken + bytes > most || this.isBeyondShare(bytes, tenant)) return undefined;
    this.count(bytes, tenant);
    return new HeldMemory(this, bytes, tenant);
  }

  private isBeyondShare(bytes: number, tenant: string | undefined): boolean {
    const theirs = tenant === undefined ? 0 : (this.takenBy.get(tenant) ?? 0);
    return theirs > 0 && theirs + bytes > this.most * SHARE_OF_TENANT;
  }

  private count(bytes: number, tenant: string | undefined): void {
    this.taken += bytes;
    addTo(this.takenBy, tenant, bytes);
  }

  giveBack(bytes: number, tenant: string | undefined): void {
    this.count(-bytes, tenant);
    for (const listener of this.listeners) listener();
  }

  /** @param listener called whenever bytes have become free */
  whenFree(listener: () => void): void {
    this.listeners.push(listener);
  }
}
