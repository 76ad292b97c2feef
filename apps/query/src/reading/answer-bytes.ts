/** What one request holds of the memory for answers, from before its rows are read until the last byte has left the process. */
export class HeldBytes {
  constructor(
    private readonly of: AnswerBytes,
    private bytes: number,
  ) {}

  /** Gives back what the answer turned out not to need. It never grows. */
  shrinkTo(bytes: number): void {
    if (bytes >= this.bytes) return;
    const free = this.bytes - bytes;
    this.bytes = bytes;
    this.of.giveBack(free);
  }

  /** May be called more than once. */
  release(): void {
    this.shrinkTo(0);
  }
}

/** Behind the first three quarters there is room for small answers only: slow readers of large ones do not shut out all others. */
const SHARE_OF_LARGE = 0.75;
const SMALL_SHARE = 1 / 16;

/** The memory that the answers of all requests may take together, be they read, built or on their way out. */
export class AnswerBytes {
  private taken = 0;
  private readonly onFree: (() => void)[] = [];

  constructor(private readonly most: number) {}

  get held(): number {
    return this.taken;
  }

  /** undefined: there is no room for that many at the moment. */
  reserve(bytes: number): HeldBytes | undefined {
    const most = bytes <= this.most * SMALL_SHARE ? this.most : this.most * SHARE_OF_LARGE;
    if (this.taken + bytes > most) return undefined;
    this.taken += bytes;
    return new HeldBytes(this, bytes);
  }

  giveBack(bytes: number): void {
    this.taken -= bytes;
    for (const tell of this.onFree) tell();
  }

  /** @param tell called whenever bytes have become free */
  whenFree(tell: () => void): void {
    this.onFree.push(tell);
  }
}
