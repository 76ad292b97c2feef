const EVERY_MS = 10_000;

/**
 * Limits a log: writes the first lines of ten seconds unchanged; of the others it writes the last one and their number, once in ten
 * seconds.
 */
export class Summary<Line> {
  private written = 0;
  private more = 0;
  private last: Line | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param write gets a line, and the number of lines it represents
   * @param singles how many lines of ten seconds are written unchanged
   * @param everyMs in place of the ten seconds
   */
  constructor(
    private readonly write: (line: Line, count: number) => void,
    private readonly singles = 1,
    private readonly everyMs = EVERY_MS,
  ) {}

  add(line: Line): void {
    this.timer ??= setTimeout(() => this.sumUp(), this.everyMs).unref();
    if (this.written < this.singles) {
      this.written += 1;
      this.write(line, 1);
      return;
    }
    this.more += 1;
    this.last = line;
  }

  private sumUp(): void {
    this.timer = undefined;
    this.written = 0;
    if (this.more === 0) return;
    const count = this.more;
    this.more = 0;
    this.written = 1;
    this.timer = setTimeout(() => this.sumUp(), this.everyMs).unref();
    this.write(this.last!, count);
  }
}
