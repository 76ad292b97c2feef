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
/** Slow readers of one tenant leave the rest to others; what it takes above a half is for its own small answers. */
const SHARE_OF_TENANT = { large: 0.5, small: 0.625 };
/** A tenant that has no more than this part of the memory may have one answer that is larger than its share. */
const FREE_SHARE_OF_TENANT = 1 / 8;

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
    const isSmall = bytes <= this.most * SMALL_SHARE;
    return this.take(bytes, isSmall ? 1 : SHARE_OF_LARGE, tenant, isSmall ? 'small' : 'large');
  }

  /** For what a caller can hold as long as it likes, however small it is. The last quarter stays for answers. */
  reserveForSlow(bytes: number, tenant?: string): HeldMemory | undefined {
    return this.take(bytes, SHARE_OF_LARGE, tenant, 'large');
  }

  private take(
    bytes: number,
    share: number,
    tenant: string | undefined,
    kind: keyof typeof SHARE_OF_TENANT,
  ): HeldMemory | undefined {
    if (this.taken + bytes > this.most * share) return undefined;
    if (this.isBeyondShare(bytes, tenant, SHARE_OF_TENANT[kind])) return undefined;
    this.count(bytes, tenant);
    return new HeldMemory(this, bytes, tenant);
  }

  private isBeyondShare(bytes: number, tenant: string | undefined, share: number): boolean {
    const theirs = tenant === undefined ? 0 : (this.takenBy.get(tenant) ?? 0);
    return theirs > this.most * FREE_SHARE_OF_TENANT && theirs + bytes > this.most * share;
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
