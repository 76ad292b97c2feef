/** The memory that one request holds for its answer, from before its rows are read until the process has sent the last byte. */
export class HeldMemory {
  constructor(
    private readonly memory: AnswerMemory,
    private bytes: number,
  ) {}

  /** Gives back the memory that the answer does not need. It never grows. */
  shrinkTo(bytes: number): void {
    if (bytes >= this.bytes) return;
    const free = this.bytes - bytes;
    this.bytes = bytes;
    this.memory.giveBack(free);
  }

  /** Further memory while it is worked on. undefined: not free at the moment. */
  besides(bytes: number): HeldMemory | undefined {
    return this.memory.reserve(bytes);
  }

  /** May be called more than once. */
  release(): void {
    this.shrinkTo(0);
  }
}

/** The last quarter is kept for small answers: so slow readers of large answers do not shut out all others. */
const SHARE_OF_LARGE = 0.75;
const SMALL_SHARE = 1 / 16;

/** The memory that the answers of all requests may take together, while they are read, built and sent. */
export class AnswerMemory {
  private taken = 0;
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly most: number) {}

  get held(): number {
    return this.taken;
  }

  /** undefined: this many bytes are not free at the moment. */
  reserve(bytes: number): HeldMemory | undefined {
    return this.take(bytes, bytes <= this.most * SMALL_SHARE ? this.most : this.most * SHARE_OF_LARGE);
  }

  /** For what a caller can hold as long as it likes, however small it is. The last quarter stays for answers. */
  reserveForSlow(bytes: number): HeldMemory | undefined {
    return this.take(bytes, this.most * SHARE_OF_LARGE);
  }

  private take(bytes: number, most: number): HeldMemory | undefined {
    if (this.taken + bytes > most) return undefined;
    this.taken += bytes;
    return new HeldMemory(this, bytes);
  }

  giveBack(bytes: number): void {
    this.taken -= bytes;
    for (const listener of this.listeners) listener();
  }

  /** @param listener called whenever bytes have become free */
  whenFree(listener: () => void): void {
    this.listeners.push(listener);
  }
}
